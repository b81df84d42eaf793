import type { Kernel } from '../model.js'

/** `uname -r; uname -m`, os-release and /proc/version_signature; null without a release. */
export function parseKernel(uname: string, osRelease: string, signature: string): Kernel | null {
  const [release = '', machine = ''] = uname.split('\n')
  if (release.trim() === '') return null
  return {
    release: release.trim(),
    machine: machine.trim(),
    versionSignature: signature.trim() || null,
    os: {
      id: osField(osRelease, 'ID'),
      versionId: osField(osRelease, 'VERSION_ID'),
      prettyName: osField(osRelease, 'PRETTY_NAME'),
    },
  }
}

/** os-release(5): shell assignments, quoted or not. */
function osField(osRelease: string, name: string): string {
  const line = osRelease.split('\n').find((line) => line.startsWith(`${name}=`))
  return (line ?? '')
    .slice(name.length + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
}
