import type { Kernel } from '../model.js'

/** `uname -r` and os-release; null without a release. */
export function parseKernel(uname: string, osRelease: string): Kernel | null {
  const release = uname.split('\n')[0]!.trim()
  return release === '' ? null : { release, os: { prettyName: osField(osRelease, 'PRETTY_NAME') } }
}

/** os-release(5): shell assignments, quoted or not. */
function osField(osRelease: string, name: string): string {
  const line = osRelease.split('\n').find((line) => line.startsWith(`${name}=`))
  return (line ?? '')
    .slice(name.length + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
}
