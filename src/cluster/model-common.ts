export type Labels = Readonly<Record<string, string>>

/** What every namespaced object here has. `key` is `namespace/name`. */
export interface Named {
  readonly key: string
  readonly namespace: string
  readonly name: string
}

/** `status` is `True`, `False` or `Unknown`, as Kubernetes prints it. */
export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}
