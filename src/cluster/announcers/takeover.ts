/** How long it takes from the death of a node until another one has its addresses, by the settings and the words of an announcer. Milliseconds. */
export interface Takeover {
  readonly announcer: string
  readonly leastMs: number
  readonly mostMs: number
  /** The settings that it follows from. */
  readonly because: string
  /** Where that is written. */
  readonly source: string
}
