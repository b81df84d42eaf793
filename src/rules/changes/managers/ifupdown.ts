import type { Change } from '../../../answering/change/model.js'
import type { InterfaceOwner, Prefix } from '../../../node/model.js'
import { part, type ShellCommand, sh } from '../../shell.js'
import { commandOf, prefixText } from '../command.js'
import { cutting, type Edit, literally, markOf, prefixLike, withoutMark } from './edit.js'

/** The file, and what lies in interfaces.d. */
const FILES = part`$(find /etc/network/interfaces* -type f)`

/** interfaces(5): an interface may have several stanzas; what comes is one more, at the end of the file of the others. */
export function ifupdownEdit(change: Change, { file, interface: device }: InterfaceOwner): Edit | null {
  switch (change.kind) {
    case 'address-add': {
      const family = change.address.ip.includes(':') ? 'inet6' : 'inet'
      return stanza(file, `iface ${change.device} ${family} static`, `address ${prefixText(change.address)}`)
    }
    case 'address-del':
      return addressOut(change.address, change.device)
    case 'port':
      return hook(file, device, commandOf(change))
    case 'proxy-add':
      return hook(file, change.device, commandOf(change))
    case 'neighbour-add':
      return change.permanent ? hook(file, change.device, commandOf(change)) : null
    case 'link':
      return change.flag === 'arp' ? hook(file, change.device, commandOf(change)) : null
    case 'route-add': {
      const way = change.route.hops[0]?.device
      return way ? hook(file, way, commandOf(change)) : null
    }
    case 'proxy-del':
    case 'neighbour-del':
      return hookOut('n', literally(change.ip), change.ip)
    case 'route-del':
      return change.route.destination.length === 0
        ? null
        : hookOut('ro', prefixLike(change.route.destination), prefixText(change.route.destination))
    case 'rule-del': {
      const prefix = change.rule.from ?? change.rule.to
      const word = change.rule.from === null ? 'to' : 'from'
      return prefix === null ? null : hookOut('ru', `${word} ${prefixLike(prefix)}`, prefixText(prefix))
    }
    default:
      return null
  }
}

function hook(file: string, device: string, command: ShellCommand): Edit | null {
  return stanza(file, `iface ${device} inet manual`, `post-up ${command}`)
}

function stanza(file: string, head: string, line: string): Edit | null {
  if (file === '') return null
  return {
    run: sh`printf '%s\\n' '' ${head} ${`    ${line}`} >> ${file}`,
    undo: sh`sed -i -E ${`\\%^${literally(head)}$%{N;\\%\\n    ${literally(line)}$%d}`} ${file}`,
  }
}

/** Lines such as `post-up ip neigh replace 10.0.0.240 … dev eth0`; one that does more than that is left to a hand. */
function hookOut(object: string, named: string, subject: string): Edit {
  return cutting({ out: [lineOut(object, named, subject)], back: withoutMark(subject) }, FILES)
}

function lineOut(object: string, named: string, subject: string): string {
  const line = `[ \\t]+(pre-|post-)?up ip ${object}[^\\n;&]* ${named}( [^\\n;&]*)?`
  return `s%\\n(${line}\\n)%\\n${markOf(subject)}\\1%g`
}

/** An address in a stanza that has nothing else, or in a line of its own: ifup refuses a stanza that has lost its address. */
function addressOut(address: Prefix, device: string): Edit {
  const [named, mark] = [prefixLike(address), markOf(address.ip)]
  const stanza = `(^|\\n)(iface ${literally(device)} inet6? static)\\n([ \\t]+address ${named})(\\n+[^ \\t\\n]|\\n*$)`
  return cutting(
    {
      out: [
        `s%${stanza}%\\1${mark}\\2\\n${mark}\\3${named.endsWith('?') ? '\\5' : '\\4'}%`,
        lineOut('a', named, address.ip),
      ],
      back: withoutMark(address.ip),
    },
    FILES,
  )
}
