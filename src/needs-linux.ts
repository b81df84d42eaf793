import { CannotLook } from './known.js'

const NAMES: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows' }

/** What is looked at of this machine is Linux's own. Throws CannotLook where it runs another system: `what` cannot be done there. */
export function needsLinux(subject: string, what: string, hint: string): void {
  const { platform } = process
  if (platform === 'linux') return
  throw new CannotLook({ subject, reason: `${what} on Linux, and it runs ${NAMES[platform] ?? platform}`, hint })
}
