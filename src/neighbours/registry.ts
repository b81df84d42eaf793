import { ciscoIos } from './formats/cisco-ios.js'
import { ciscoNxos } from './formats/cisco-nxos.js'
import { linux } from './formats/linux.js'
import type { Format, NeighbourFormat } from './model.js'

const FORMATS: Readonly<Record<NeighbourFormat, Format>> = {
  linux,
  'cisco-ios': ciscoIos,
  'cisco-nxos': ciscoNxos,
}

export const formats: readonly Format[] = Object.values(FORMATS)

/** What a maker is called, and what to type on its device, for each format. */
export const MAKERS: Readonly<Record<NeighbourFormat, string>> = {
  linux: 'Linux',
  'cisco-ios': 'Cisco IOS',
  'cisco-nxos': 'Cisco NX-OS',
}
