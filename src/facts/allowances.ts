/** A finding that the operator accepts, and what came of it in this run. */
export interface AllowanceUse {
  /** `rule` or `rule=subject`, as `--ignore` takes it. */
  readonly name: string
  /** Last day on which it holds, `2027-01-31`; null: for ever. */
  readonly expires: string | null
  readonly expired: boolean
  /** Whether its rule ran to the end. */
  readonly ran: boolean
  /** How many findings it covered. */
  readonly used: number
}
