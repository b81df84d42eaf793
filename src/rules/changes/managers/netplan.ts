import type { Change } from '../../../answering/change/model.js'
import type { InterfaceOwner, Prefix } from '../../../node/model.js'
import { part } from '../../shell.js'
import { prefixText } from '../command.js'
import { cutting, type Edit, literally, markOf, withoutMark } from './edit.js'
import { dropIn } from './networkd.js'

/**
 * What comes is a drop-in of the file that netplan writes for systemd-networkd: netplan itself writes under /run alone. An
 * address that goes becomes a comment where it is an item of its own.
 */
export function netplanEdit(change: Change, owner: InterfaceOwner): Edit | null {
  if (change.kind === 'address-del') return itemOut(change.address)
  return owner.file.startsWith('/run/systemd/network/') ? dropIn(change, owner) : null
}

/** Only where another item stays: netplan refuses a list without items, and then configures nothing. */
function itemOut(address: Prefix): Edit {
  const item = `- +["']?${literally(prefixText(address))}["']? *\\n`
  const mark = markOf(address.ip)
  return cutting(
    {
      out: [`s%(\\n( *)- [^\\n]*\\n)(\\2${item})%\\1${mark}\\3%`, `s%(\\n)(( *)${item})(\\3- )%\\1${mark}\\2\\4%`],
      back: withoutMark(address.ip),
    },
    part`/etc/netplan/*.yaml`,
  )
}
