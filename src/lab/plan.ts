import type { Host, HostSpec, SegmentSpec } from './model.js'

/** A segment with every name and default settled, client first; nothing is built yet. */
export interface Plan {
  readonly name: string
  /** The namespace of the switch; null when a cable takes its place. */
  readonly switch: string | null
  readonly hosts: readonly Host[]
}

const CLIENT = { name: 'client', mac: '02:00:00:00:01:00', address: '10.77.0.100/24' }

/** Settles names and defaults. Throws on names that could not be told apart, and on a cable with more than two ends. */
export function plan(name: string, spec: SegmentSpec): Plan {
  const specs = [{ ...CLIENT, ...spec.client }, ...spec.hosts.map(withDefaults)]
  const names = specs.map((host) => host.name)
  const bad = names.find((host, at) => !/^[a-z0-9-]{1,20}$/.test(host) || host === 'switch' || names.indexOf(host) < at)
  if (bad !== undefined) throw new Error(`lab: "${bad}" cannot name a host: use a-z, 0-9 and dashes, each name once`)
  if (spec.cable && specs.length !== 2) throw new Error('lab: a cable joins the client and exactly one host')
  return {
    name,
    switch: spec.cable ? null : `${name}-switch`,
    hosts: specs.map((host) => ({
      name: host.name,
      namespace: `${name}-${host.name}`,
      interface: 'eth0',
      mac: host.mac,
      address: host.address.replace(/\/.*/, ''),
      spec: host,
    })),
  }
}

function withDefaults(host: HostSpec, at: number): HostSpec & { mac: string; address: string } {
  const number = 11 + at
  return { mac: `02:00:00:00:00:${String(number).padStart(2, '0')}`, address: `10.77.0.${number}/24`, ...host }
}
