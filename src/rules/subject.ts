import { keyOf, type ObjectName, objectName } from '../cluster/key.js'
import type { Named } from '../cluster/model-common.js'

declare const whole: unique symbol

/** How a subject reads for people and in JSON. Nobody takes it apart: the compiler refuses, and the parts stand beside it. */
export interface SubjectText {
  readonly [whole]: true
}

/** What a finding is about. `id` is the name the operator knows: an address, `node-a`, `node-a/eth0`, `ns/name`. */
export type Subject =
  /** `vlans`: the VLAN stack that it was seen on; empty where untagged, or where no frame decides. */
  | { readonly kind: 'ip'; readonly id: SubjectText; readonly ip: string; readonly vlans: readonly number[] }
  | { readonly kind: 'mac'; readonly id: SubjectText; readonly mac: string }
  | { readonly kind: 'node'; readonly id: SubjectText; readonly node: string }
  | { readonly kind: 'interface'; readonly id: SubjectText; readonly node: string; readonly interface: string }
  | { readonly kind: 'service'; readonly id: SubjectText; readonly namespace: string; readonly name: string }
  /** A whole installation, by the object that holds its settings; `object` is null where no single object does. */
  | { readonly kind: 'cluster'; readonly id: SubjectText; readonly object: ObjectName | null }
  | { readonly kind: 'segment'; readonly id: SubjectText }

export type SubjectKind = Subject['kind']

/** The same IP on two VLANs is two addresses. */
export function ipSubject(ip: string, vlans: readonly number[] = []): Subject {
  return { kind: 'ip', id: text(vlans.length > 0 ? `${ip} (VLAN ${vlans.join('.')})` : ip), ip, vlans }
}

export function macSubject(mac: string): Subject {
  return { kind: 'mac', id: text(mac), mac }
}

export function nodeSubject({ name }: { readonly name: string }): Subject {
  return { kind: 'node', id: text(name), node: name }
}

export function interfaceSubject({ name: node }: { readonly name: string }, name: string): Subject {
  return { kind: 'interface', id: text(`${node}/${name}`), node, interface: name }
}

export function serviceSubject({ namespace, name }: Pick<Named, 'namespace' | 'name'>): Subject {
  return { kind: 'service', id: text(keyOf({ namespace, name })), namespace, name }
}

/** `object`: `DaemonSet/metallb-system/speaker`. */
export function objectSubject(object: string): Subject {
  return { kind: 'cluster', id: text(object), object: objectName(object) }
}

export function clusterSubject(name: string): Subject {
  return { kind: 'cluster', id: text(name), object: null }
}

export function segmentSubject(name: string): Subject {
  return { kind: 'segment', id: text(name) }
}

/** The one way from a subject to its text. */
export function subjectText({ id }: Pick<Subject, 'id'>): string {
  return id as unknown as string
}

/** The names that a subject is made of, for a text in which they may stand by themselves. */
export function subjectParts(subject: Subject): string[] {
  switch (subject.kind) {
    case 'ip':
      return [subject.ip]
    case 'interface':
      return [subject.node, subject.interface]
    case 'service':
      return [subject.namespace, subject.name]
    case 'cluster':
      return Object.values(subject.object ?? {})
    default:
      return []
  }
}

/** The machine that a subject is, or is a part of; null for what belongs to none. */
export function nodeOf(subject: Subject): string | null {
  return subject.kind === 'node' || subject.kind === 'interface' ? subject.node : null
}

function text(name: string): SubjectText {
  return name as unknown as SubjectText
}
