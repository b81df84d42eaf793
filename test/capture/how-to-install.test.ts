import { expect, it } from 'vitest'
import { howToInstall } from '../../src/capture/how-to-install.js'

it.each([
  ['ID=debian\n', 'apt-get install'],
  ['ID="pop"\nID_LIKE="ubuntu debian"\n', 'apt-get install'],
  ['NAME="Alpine Linux"\nID=alpine\n', 'apk add'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf install'],
  ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'zypper install'],
])('%j: %s', (osRelease, command) => {
  expect(howToInstall('tcpdump', osRelease)).toBe(`install it: \`${command} tcpdump\``)
})

it('names no command on a system that it does not know', () => {
  expect(howToInstall('tcpdump', 'ID=talos\n')).toBe('install tcpdump')
  expect(howToInstall('tcpdump', '')).toBe('install tcpdump')
})
