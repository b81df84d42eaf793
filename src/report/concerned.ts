import type { Subject } from '../rules/subject.js'

/** What of a finding says which addresses it is about. */
export interface About {
  readonly subject: Pick<Subject, 'kind'> & { readonly ip?: string; readonly vlans?: readonly number[] }
  readonly data: Readonly<Record<string, unknown>>
}

/** The addresses that a finding names; null: it names none. That about a virtual router names those of the router. */
export function concerned({ subject, data: { vips } }: About): readonly string[] | null {
  if (subject.kind === 'ip') return [subject.ip ?? '']
  return subject.kind === 'segment' && Array.isArray(vips) && vips.length > 0 ? vips : null
}

/** The same address on another VLAN is another one. */
export function isAbout(
  finding: About,
  { ip, vlans }: { readonly ip: string; readonly vlans: readonly number[] },
): boolean {
  const named = finding.subject.kind === 'ip' ? finding.subject.vlans : finding.data['vlans']
  const isThere = !Array.isArray(named) || named.length === 0 || named.join() === vlans.join()
  return isThere && concerned(finding)?.includes(ip) === true
}
