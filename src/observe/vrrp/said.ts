import type { Said, VrrpMaster } from './model.js'

/** What a machine said last, but that it resigns; null when it only ever said that. */
export function lastSaid({ said }: Pick<VrrpMaster, 'said'>): Said | null {
  return said.reduce<Said | null>((last, one) => (last === null || one.lastFrame > last.lastFrame ? one : last), null)
}
