import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { formatSnapshot, parseSnapshot } from '../cluster/snapshot-file.js'
import { PROVENANCES } from '../facts/attribution.js'
import { CannotLook } from '../known.js'
import { nodeSnapshotSchema, writeSnapshot } from '../node/snapshot.js'
import type { Bundle } from './bundle.js'

const KIND = 'l2doctor/Bundle'
const VERSION = 1

const text = z.string()

const schema = z.object({
  kind: z.literal(KIND),
  version: z.literal(VERSION),
  question: z.object({ vips: z.array(text), expectedMacs: z.array(text), probed: z.boolean() }),
  own: z.object({ macs: z.array(text), ips: z.array(text) }),
  capture: z
    .object({
      source: z.object({
        kind: z.enum(['file', 'live', 'stdin', 'ssh']),
        name: text,
        engine: z.enum(['cap', 'tcpdump', 'file']),
      }),
      base64: z.base64(),
      conditions: z.object({
        dropped: z.number().nullable(),
        clock: z.enum(['kernel', 'userspace']),
        promiscuityChanged: z.boolean().nullable(),
      }),
    })
    .nullable(),
  cluster: z.record(text, z.unknown()).nullable(),
  hosts: z.array(nodeSnapshotSchema),
  owners: z.array(z.object({ node: text, mac: text, interface: text.nullable(), via: z.enum(PROVENANCES) })),
})

/** gzip of one JSON object. */
export function formatBundle({ capture, cluster, hosts, ...rest }: Bundle, writtenBy: string): Uint8Array {
  const value = {
    kind: KIND,
    version: VERSION,
    writtenBy,
    ...rest,
    capture: capture && {
      source: capture.source,
      conditions: capture.conditions,
      base64: Buffer.from(capture.bytes).toString('base64'),
    },
    cluster: cluster && JSON.parse(formatSnapshot(cluster)),
    hosts: hosts.map((host) => JSON.parse(writeSnapshot(host))),
  }
  return gzipSync(JSON.stringify(value))
}

/** A bundle larger than this, unpacked, was not written by us. */
const MOST_BYTES = 512 * 1024 * 1024

/** Throws CannotLook for anything but a bundle of this version. */
export function parseBundle(bytes: Uint8Array, name: string): Bundle {
  const { question, own, owners, hosts, capture, cluster } = read(bytes, name)
  return {
    question,
    own,
    owners,
    hosts: hosts.map(({ name, address, probes, failure }) => ({ name, address, probes, failure })),
    capture: capture && {
      source: capture.source,
      conditions: capture.conditions,
      bytes: Buffer.from(capture.base64, 'base64'),
    },
    cluster: cluster && parseSnapshot(cluster, name),
  }
}

function read(bytes: Uint8Array, name: string): z.infer<typeof schema> {
  let value: unknown
  try {
    value = JSON.parse(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString())
  } catch (cause) {
    throw damaged(name, 'it is not a bundle', cause)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw damaged(name, `at ${path.join('.')}: ${message}`)
}

function damaged(subject: string, reason: string, cause?: unknown): CannotLook {
  return new CannotLook({ subject, reason, hint: 'write it anew: l2doctor diagnose --vip VIP --save FILE' }, { cause })
}
