import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { promisify } from 'node:util'
import { CannotLook } from '../known.js'
import { needsLinux } from '../needs-linux.js'
import type { OwnNeighbour } from '../probe/own-neighbour.js'
import { type Ip, isIpv4, isIpv6 } from '../wire/ip.js'
import { howToInstall } from './how-to-install.js'
import { type NetworkInterface, parseDefaultDevice, parseInterfaces, type Routing } from './interfaces.js'
import { parseOwnNeighbours } from './own-neighbours.js'
import { parseOnLinkRoutes } from './routes.js'

const run = promisify(execFile)

/** The interfaces of the network namespace we are in. Throws CannotLook without Linux and iproute2. */
export async function readInterfaces(): Promise<NetworkInterface[]> {
  needsLinux('this machine', 'it can ask and listen only', ELSEWHERE)
  return parseInterfaces(await ip('-j', '-d', 'addr', 'show'))
}

/** The addresses of the interfaces that are up, as a text that is another when one of them is: it takes no program, as reading them all does. */
export function addressesInUse(): string {
  return JSON.stringify(networkInterfaces())
}

/** How this machine sends, as far as the addresses asked for need it: the default route of IPv4, of IPv6 where that is all there is. */
export async function readRouting(vips: readonly Ip[]): Promise<Routing> {
  const defaultOf = async (family: '-4' | '-6') =>
    parseDefaultDevice(await ip('-j', family, 'route', 'show', 'default').catch(() => '[]'))
  const [four, six] = await Promise.all([defaultOf('-4'), defaultOf('-6')])
  const defaultDevice = vips.some(isIpv4) || vips.length === 0 ? (four ?? six) : (six ?? four)
  if (!vips.some(isIpv6)) return { defaultDevice, onLink: [] }
  return { defaultDevice, onLink: await ip('-j', '-6', 'route', 'show').then(parseOnLinkRoutes, () => []) }
}

/** The neighbour table, of both families, of the network namespace we are in; null where ip cannot show it. */
export async function readOwnNeighbours(): Promise<OwnNeighbour[] | null> {
  return ip('-j', 'neigh', 'show').then(parseOwnNeighbours, () => null)
}

/** How many listeners hold an interface in promiscuous mode now; null when the interface is gone. */
export async function readPromiscuity(name: string): Promise<number | null> {
  const text = await ip('-j', '-d', 'link', 'show', 'dev', name).catch(() => '[]')
  return parseInterfaces(text)[0]?.promiscuity ?? null
}

/** Whether the interface is still there, up or down. */
export async function hasInterface(name: string): Promise<boolean> {
  return (await readPromiscuity(name)) !== null
}

/** How often the link came up or went down since the interface exists; 0 where the kernel does not say. */
export async function readLinkChanges(name: string): Promise<number> {
  return Number(await readFile(`/sys/class/net/${name}/carrier_changes`, 'utf8').catch(() => '0'))
}

const ELSEWHERE =
  'look from a Linux host of the segment with --at ssh:HOST, or record elsewhere and give the file to --read'

async function ip(...argv: string[]): Promise<string> {
  try {
    return (await run('ip', argv, { maxBuffer: 1 << 26 })).stdout
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = missing ? '`ip` is not installed' : `\`ip ${argv.join(' ')}\` failed: ${(cause as Error).message}`
    const hint = `${howToInstall('iproute2')}, or record elsewhere and give the file to --read`
    throw new CannotLook({ subject: 'network interfaces', reason, hint }, { cause })
  }
}

const TRACES_OF_A_NODE = [
  '/var/lib/kubelet',
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/rancher/k3s/agent',
  '/var/lib/rancher/rke2/agent',
  '/var/lib/k0s/kubelet',
  '/var/snap/microk8s/common',
]

/** Whether a kubelet lives or lived here, or we run in one of its pods: then nothing on this host is to be disturbed. */
export function isClusterNode(env: NodeJS.ProcessEnv, exists: (path: string) => boolean = existsSync): boolean {
  return env['KUBERNETES_SERVICE_HOST'] !== undefined || TRACES_OF_A_NODE.some(exists)
}

/** Of a host that may have to answer for addresses that no interface of it shows: besides a node, one with keepalived. */
export const TRACES_OF_AN_ANNOUNCER: readonly string[] = [...TRACES_OF_A_NODE, '/etc/keepalived/keepalived.conf']

export function mayAnnounce(env: NodeJS.ProcessEnv): boolean {
  return isClusterNode(env) || TRACES_OF_AN_ANNOUNCER.some((path) => existsSync(path))
}

/** linux/capability.h */
const [CAP_KILL, CAP_SETGID, CAP_SETUID] = [5n, 6n, 7n]

/**
 * Whether tcpdump can give up root, as it insists on, and still be ended by us: not in a container that holds
 * CAP_NET_RAW alone.
 */
export async function canDropRoot(): Promise<boolean> {
  if (process.geteuid?.() !== 0) return true
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const mask = /^CapEff:\s*([\da-f]+)$/m.exec(status)?.[1]
  const needed = (1n << CAP_KILL) | (1n << CAP_SETGID) | (1n << CAP_SETUID)
  return mask === undefined || (BigInt(`0x${mask}`) & needed) === needed
}
