import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { CannotLook } from '../known.js'
import { type NetworkInterface, parseDefaultDevice, parseInterfaces } from './interfaces.js'

const run = promisify(execFile)

/** The interfaces of the network namespace we are in. Throws CannotLook without iproute2. */
export async function readInterfaces(): Promise<NetworkInterface[]> {
  return parseInterfaces(await ip('-j', '-d', 'addr', 'show'))
}

/** The interface with the default route; null when there is none. */
export async function readDefaultDevice(): Promise<string | null> {
  return parseDefaultDevice(await ip('-j', '-4', 'route', 'show', 'default'))
}

/** How many listeners hold an interface in promiscuous mode now; null when the interface is gone. */
export async function readPromiscuity(name: string): Promise<number | null> {
  const text = await ip('-j', '-d', 'link', 'show', 'dev', name).catch(() => '[]')
  return parseInterfaces(text)[0]?.promiscuity ?? null
}

async function ip(...argv: string[]): Promise<string> {
  try {
    return (await run('ip', argv, { maxBuffer: 1 << 26 })).stdout
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = missing ? '`ip` is not installed' : `\`ip ${argv.join(' ')}\` failed: ${(cause as Error).message}`
    const hint = 'install it: `apt-get install iproute2`, or record elsewhere and give the file to --read'
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
