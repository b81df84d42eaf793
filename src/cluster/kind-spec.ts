import type { z } from 'zod'
import type { Declared } from '../redact/declare.js'
import type { ClusterKind, ItemOf } from './model.js'
import type { Raw } from './normalise/raw.js'

/** One API resource that a kind of ours is read from. */
export interface Resource {
  readonly group: string
  /** Served versions to try in turn; one that is not there answers 404. */
  readonly versions: readonly string[]
  readonly plural: string
  /** The `kind` of its objects in manifests. */
  readonly kind: string
  /** A custom resource: not being there is normal and means "none". */
  readonly custom: boolean
  /** One list request each, cluster-wide; their answers are joined. */
  readonly queries: readonly Query[]
}

export interface Query {
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** How a kind of object becomes items of ours. */
export interface KindSpec<T> {
  readonly resources: readonly Resource[]
  /** Null for objects that are not ours to keep. `kind` is the object's own. */
  normalise(object: Raw, kind: string): T | null
}

/** And how such an item is read back from a saved snapshot, and written under pseudonyms. */
export interface OwnKindSpec<T> extends KindSpec<T> {
  /** Made when it is needed: most runs read no saved snapshot. */
  schema(): z.ZodType<T>
  readonly redaction: Declared<T>
}

/** The kinds of one program: the snapshot's members by these names are its own. */
export type OwnKinds = { readonly [K in ClusterKind]?: OwnKindSpec<ItemOf<K>> }

const EVERYTHING: readonly Query[] = [{}]

export function core(plural: string, kind: string, queries = EVERYTHING): Resource {
  return builtin('', plural, kind, queries)
}

export function builtin(group: string, plural: string, kind: string, queries = EVERYTHING): Resource {
  return { group, versions: ['v1'], plural, kind, custom: false, queries }
}

export function custom(group: string, versions: readonly string[], plural: string, kind: string): Resource {
  return { group, versions, plural, kind, custom: true, queries: EVERYTHING }
}

/** `leases.coordination.k8s.io`, as `kubectl get` and RBAC messages name it. */
export function resourceName({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** Where the API lists all of them: `/apis/metallb.io/v1beta1/ipaddresspools`. */
export function listPath({ group, versions, plural }: Resource): string {
  const [version = 'v1'] = versions
  return group === '' ? `/api/${version}/${plural}` : `/apis/${group}/${version}/${plural}`
}
