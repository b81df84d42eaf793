import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { parseBoundedJson } from '../bounded-json.js'
import { ASKED_ANNOUNCERS } from '../cluster/agent-state.js'
import { formatSnapshot, parseSnapshot } from '../cluster/snapshot-file.js'
import { PROVENANCES } from '../facts/attribution.js'
import { VANTAGE_KINDS } from '../facts/vantages/model.js'
import { listOf, readAs } from '../first-wrong.js'
import { CannotLook } from '../known.js'
import { ENTRY_KINDS, NEIGHBOUR_FORMATS, PORT_KINDS } from '../neighbours/model.js'
import { nodeSnapshotSchema, recordFrom, writeSnapshot } from '../node/snapshot.js'
import type { Bundle } from './bundle.js'

const KIND = 'l2doctor/Bundle'
const VERSION = 1

const text = z.string()

const ownSchema = z.object({
  macs: listOf(text),
  ips: listOf(text),
  at: text.optional(),
  elsewhere: listOf(text).optional(),
  neighbours: listOf(
    z.object({ ip: text, interface: text, mac: text, states: listOf(text), host: text.optional() }),
  ).optional(),
})

const captureSchema = z
  .object({
    source: z.object({
      kind: z.enum(['file', 'live', 'stdin', 'ssh', 'pod']),
      name: text,
      engine: z.enum(['cap', 'tcpdump', 'socket', 'file']),
    }),
    base64: z.base64(),
    conditions: z.object({
      dropped: z.number().nullable(),
      clock: z.enum(['kernel', 'userspace']),
      promiscuityChanged: z.boolean().nullable(),
    }),
  })
  .nullable()

const vlan = z.number().nullable()

const tableSchema = z
  .object({
    format: z.enum(NEIGHBOUR_FORMATS),
    entries: listOf(
      z.object({
        ip: text,
        mac: text.nullable(),
        kind: z.enum(ENTRY_KINDS),
        interface: text.nullable(),
        vrf: text.nullable().default(null),
        port: text.nullable(),
        vlan,
        age: z.object({ atLeast: z.number(), atMost: z.number() }).nullable(),
        expiresSeconds: z.number().nullable(),
        states: listOf(text),
      }),
    ),
    ports: listOf(z.object({ mac: text, kind: z.enum(PORT_KINDS), vlan, port: text })),
    unread: z.number(),
    unreadIps: listOf(text).default([]),
  })
  .nullable()

const machineSchema = z.object({ mac: text, node: text.nullable() })

const bindingsSchema = listOf(
  z.object({
    service: text,
    ips: listOf(text),
    nodes: z.record(text, text),
    announcers: listOf(text),
    until: text.optional(),
    unseenFrom: text.optional(),
  }),
)

/** A bundle as it lies in its file; the cluster has a schema of its own. */
export const bundleSchema = z.object({
  kind: z.literal(KIND),
  version: z.literal(VERSION),
  question: z.object({
    vips: listOf(text),
    expectedMacs: listOf(text),
    probed: z.boolean(),
    ipv6: listOf(text).default([]),
  }),
  own: ownSchema,
  capture: captureSchema,
  cluster: z.record(text, z.unknown()).nullable(),
  hosts: listOf(nodeSnapshotSchema),
  owners: listOf(z.object({ node: text, mac: text, interface: text.nullable(), via: z.enum(PROVENANCES) })),
  vantages: listOf(
    z.object({
      name: text,
      kind: z.enum(VANTAGE_KINDS),
      probed: z.boolean(),
      own: ownSchema,
      isMain: z.boolean(),
      capture: captureSchema,
    }),
  ).optional(),
  neighbours: listOf(z.object({ name: text, table: tableSchema })).optional(),
  agents: listOf(
    z.object({
      announcer: z.enum(ASKED_ANNOUNCERS),
      node: text,
      from: text,
      addresses: listOf(z.object({ ip: text, received: z.number().nullable(), sent: z.number().nullable() })),
      tellsIpv6: z.boolean().default(true),
      staleConfiguration: z.boolean().nullable(),
    }),
  ).optional(),
  history: z
    .object({
      until: text,
      addresses: listOf(
        z.object({
          ip: text,
          until: text.optional(),
          records: listOf(z.object({ at: text, unseenFrom: text.optional(), machines: listOf(machineSchema) })),
        }),
      ),
    })
    .optional(),
  baseline: z.object({ previousAt: text, previous: bindingsSchema, current: bindingsSchema }).optional(),
})

/** gzip of one JSON object. */
export function formatBundle({ capture, cluster, hosts, vantages, ...rest }: Bundle, writtenBy: string): Uint8Array {
  const value = {
    kind: KIND,
    version: VERSION,
    writtenBy,
    ...rest,
    capture: writtenCapture(capture),
    ...(vantages && { vantages: vantages.map((one) => ({ ...one, capture: writtenCapture(one.capture) })) }),
    cluster: cluster && JSON.parse(formatSnapshot(cluster)),
    hosts: hosts.map((host) => JSON.parse(writeSnapshot(host))),
  }
  return gzipSync(JSON.stringify(value))
}

function writtenCapture(capture: Bundle['capture']) {
  if (capture === null) return null
  const { bytes, ...rest } = capture
  return { ...rest, base64: Buffer.from(bytes).toString('base64') }
}

function readCapture(capture: z.infer<typeof captureSchema>): Bundle['capture'] {
  if (capture === null) return null
  const { base64, ...rest } = capture
  return { ...rest, bytes: Buffer.from(base64, 'base64') }
}

/** A bundle larger than this, unpacked, was not written by us. */
const MOST_BYTES = 512 * 1024 * 1024

/** Throws CannotLook for anything but a bundle of this version. */
export function parseBundle(bytes: Uint8Array, name: string): Bundle {
  const text = unpack(bytes, name)
  const { question, own, owners, hosts, capture, cluster, vantages, neighbours, agents, history, baseline } = read(
    text,
    name,
  )
  return {
    question,
    own,
    owners,
    hosts: hosts.map(recordFrom),
    capture: readCapture(capture),
    ...(vantages && { vantages: vantages.map((one) => ({ ...one, capture: readCapture(one.capture) })) }),
    ...(neighbours && { neighbours }),
    ...(agents && { agents }),
    ...(history && { history }),
    ...(baseline && { baseline }),
    cluster: cluster && parseSnapshot(cluster, name, text.length),
  }
}

function unpack(bytes: Uint8Array, name: string): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString()
  } catch (cause) {
    throw noBundle(name, cause)
  }
}

function read(text: string, name: string): z.infer<typeof bundleSchema> {
  let value: unknown
  try {
    value = parseBoundedJson(text)
  } catch (cause) {
    throw noBundle(name, cause)
  }
  const parsed = readAs(bundleSchema, value, text.length)
  if ('wrong' in parsed) throw damaged(name, parsed.wrong)
  return parsed.data
}

function noBundle(name: string, cause: unknown): CannotLook {
  return damaged(name, cause instanceof RangeError ? `it is too large: ${cause.message}` : 'it is not a bundle', cause)
}

function damaged(subject: string, reason: string, cause?: unknown): CannotLook {
  return new CannotLook({ subject, reason, hint: 'write it again: l2doctor diagnose --vip VIP --save FILE' }, { cause })
}
