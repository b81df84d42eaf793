/** One Service's VIP and who announces it, as a run saw them. */
export interface Binding {
  /** `namespace/name`. */
  readonly service: string
  readonly ips: readonly string[]
  /** The expected node of each address where one is known. */
  readonly nodes: Readonly<Record<string, string>>
  readonly announcers: readonly string[]
}

/** The bindings of the last run beside those of this one. */
export interface BaselineFacts {
  /** When the last run read the cluster, ISO 8601. */
  readonly previousAt: string
  readonly previous: readonly Binding[]
  readonly current: readonly Binding[]
}
