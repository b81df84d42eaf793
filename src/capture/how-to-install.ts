import { readFileSync } from 'node:fs'

/** The package manager's command, by the ID or ID_LIKE of os-release(5); the first that is named counts. */
const COMMANDS: readonly (readonly [system: RegExp, command: string])[] = [
  [/\balpine\b/, 'apk add'],
  [/\b(?:fedora|rhel|centos|amzn)\b/, 'dnf install'],
  [/\b(?:suse|opensuse)\b/, 'zypper install'],
  [/\barch\b/, 'pacman -S'],
  [/\b(?:debian|ubuntu)\b/, 'apt-get install'],
]

/** `install it: apk add tcpdump`, as this machine does it; without a command where we do not know its system. */
export function howToInstall(program: string, osRelease = readOsRelease()): string {
  const ids = osRelease.match(/^ID(?:_LIKE)?=.*$/gm)?.join(' ') ?? ''
  const [, command] = COMMANDS.find(([system]) => system.test(ids)) ?? []
  return command === undefined ? `install ${program}` : `install it: \`${command} ${program}\``
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    return ''
  }
}
