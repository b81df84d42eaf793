import { UsageError } from './exit-codes.js'

/** A host as ssh takes it: `node-a`, `admin@10.0.0.11`, `fe80::1%eth0`. Never a switch: ssh would obey it. */
const HOST = /^[\w.:@%[\]][\w.:@%[\]-]*$/

/** Whether ssh may be given it; what the cluster calls its nodes is checked like what is typed. */
export function isHost(text: string): boolean {
  return HOST.test(text)
}

/** Checks the hosts of the command line or of a file and leaves out repeats. */
export function parseHosts(texts: readonly string[]): string[] {
  for (const text of texts) {
    if (!isHost(text))
      throw new UsageError(`${JSON.stringify(text)} is not a host; write a name, user@name or an address`)
  }
  return [...new Set(texts)]
}

/** `--hosts-file`: one host a line (what follows it is ignored), `#` begins a comment. */
export function hostsOfFile(text: string): string[] {
  return text.split('\n').flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/)[0] || [])
}
