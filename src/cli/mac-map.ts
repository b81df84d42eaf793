import type { MacOwner } from '../facts/attribution.js'
import { parseMac } from '../wire/mac.js'
import { UsageError } from './exit-codes.js'

/** `--mac NODE=MAC`. */
export function parseMacOption(text: string): MacOwner {
  const equals = text.indexOf('=')
  return owner(text.slice(0, Math.max(equals, 0)), text.slice(equals + 1), null, `--mac ${text}`)
}

/** `--mac-map`: lines of `NODE MAC [INTERFACE]`; `#` starts a comment. */
export function parseMacMap(text: string, file: string): MacOwner[] {
  return text.split('\n').flatMap((line, index) => {
    const [node = '', mac = '', name = null] = line.replace(/#.*/, '').trim().split(/\s+/)
    return node === '' ? [] : [owner(node, mac, name, `${file}:${index + 1}`)]
  })
}

function owner(node: string, text: string, name: string | null, where: string): MacOwner {
  const mac = parseMac(text)
  if (node === '' || mac === null)
    throw new UsageError(`${where}: write a node and its MAC, as node-a 02:00:00:00:00:01`)
  return { mac, node, interface: name, via: 'operator' }
}
