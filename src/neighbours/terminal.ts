import { vrfName } from './fields.js'

/** What stands around tables where a terminal was copied: pagers, prompts, commands, names of routing tables. */

/** No device prints longer lines in a table. */
const MOST_LINE = 1000
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours and moves of the cursor are made of them
const CONTROLS = /\u001b\[[\d;?]*[A-Za-z]|\u0008/g
/** ` --More-- `, `---(more 45%)---`, `<--- More --->`, `-- [Q quit|D dump|down]`: the next row stands behind it in the same line. */
const PAGER = /^\s*(?:<?-+\s*\(?more(?: \d+%)?\)?\s*-+>?|-- \[Q quit[^\]]*\])/i
/** `published=no status="stale"`: the rest of a record that RouterOS began in the line above. */
const ONLY_VALUES = /^(?:[a-z][\w-]*=(?:"[^"]*"|\S*)(?:\s+|$))+$/

/** The lines with something in them, as the device meant them. */
export function linesOf(text: string): string[] {
  const lines: string[] = []
  for (const raw of text.replace(CONTROLS, '').split(/\r\n|[\r\n]/)) {
    const line = raw.replace(PAGER, '').trim()
    if (line === '' || line.length > MOST_LINE) continue
    const above = lines.at(-1)
    if (above !== undefined && above.length < MOST_LINE && /^\d/.test(above) && ONLY_VALUES.test(line))
      lines[lines.length - 1] = `${above} ${line}`
    else lines.push(line)
  }
  return lines
}

/** `edge-1#show ip arp vrf blue` → `show ip arp vrf blue`; null for a line without a prompt and one of the commands that print tables. */
export function commandIn(line: string): string | null {
  const [, command = null] =
    /^[^#>$]{1,80}[#>$]\s*((?:(?:do|run|sudo) )*(?:sho?w?|arp|ndp|ip|bridge|vtysh|cat|net|nv|print|\/\w+)\b.*)$/i.exec(
      line,
    ) ?? []
  return command
}

/** The routing table that a command asks for; null: the default one, or all. */
export function vrfOfCommand(command: string): string | null {
  return vrfName(/\s-{0,2}(?:vrf|vpn)\s+(\S+)/i.exec(command)?.[1])
}

/** `VRF: blue` of EOS, `IP ARP Table for context blue` of NX-OS; undefined for a line that names none. */
export function vrfNamedIn(line: string): string | null | undefined {
  const [, eos] = /^VRF: (\S+)$/i.exec(line) ?? []
  if (eos !== undefined) return vrfName(eos)
  const nxos = /^IP(?:v6)? (?:ARP|Adjacency) Table for (?:(?:context|VRF) (\S+)|all )/i.exec(line)
  return nxos ? vrfName(nxos[1]) : undefined
}
