import { REQUEST_MODES, type WireFacts } from '../../observe/model.js'

/** Our own requests pass our capture: where none did, either that or the sender is dead. In a storm they may be among those only counted. */
export function seesOurs({ addresses }: Pick<WireFacts, 'addresses'>, mac: number): boolean {
  return addresses.some(
    ({ asks, exchanges }) =>
      exchanges.some(({ asker }) => asker === mac) ||
      REQUEST_MODES.reduce((sum, mode) => sum + asks[mode].sent, 0) > exchanges.length,
  )
}
