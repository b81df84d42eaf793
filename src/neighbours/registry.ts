import { aristaEos } from './formats/arista-eos.js'
import { bsd } from './formats/bsd.js'
import { ciscoIos } from './formats/cisco-ios.js'
import { ciscoNxos } from './formats/cisco-nxos.js'
import { ciscoXr } from './formats/cisco-xr.js'
import { frr } from './formats/frr.js'
import { junos } from './formats/junos.js'
import { linux } from './formats/linux.js'
import { mikrotik } from './formats/mikrotik.js'
import { sonic } from './formats/sonic.js'
import type { Format, NeighbourFormat } from './model.js'

const FORMATS: Readonly<Record<NeighbourFormat, Format>> = {
  linux,
  'cisco-ios': ciscoIos,
  'cisco-nxos': ciscoNxos,
  'cisco-xr': ciscoXr,
  'arista-eos': aristaEos,
  junos,
  mikrotik,
  bsd,
  frr,
  sonic,
}

export const formats: readonly Format[] = Object.values(FORMATS)

/** What a maker is called, and what to type on its device, for each format. */
export const MAKERS: Readonly<Record<NeighbourFormat, string>> = {
  linux: 'Linux',
  'cisco-ios': 'Cisco IOS',
  'cisco-nxos': 'Cisco NX-OS',
  'cisco-xr': 'Cisco IOS XR',
  'arista-eos': 'Arista EOS',
  junos: 'Junos',
  mikrotik: 'MikroTik',
  bsd: 'OPNsense, pfSense or FreeBSD',
  frr: 'FRR',
  sonic: 'SONiC',
}
