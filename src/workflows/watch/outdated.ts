import { type Gap, known } from '../../known.js'
import type { Watched } from './model.js'

const OUTDATED: Gap = {
  subject: 'cluster',
  reason: 'it could not be read after these frames: who should answer may be another machine by now',
  hint: 'see the log for why the API server is not reached',
}

/**
 * What is watched where the cluster could not be read after the frames: its addresses and Services are known, but nobody is expected to
 * answer, and no rule holds leases, elections or other objects against the frames.
 */
export function withOutdatedCluster(watched: Watched): Watched {
  const { context } = watched
  if (!context.view?.known) return watched
  const { value, from } = context.view
  const expected = new Map([...value.expected].map(([ip, one]) => [ip, { ...one, nodes: [] }]))
  return { ...watched, context: { ...context, view: known({ ...value, expected, outdated: OUTDATED }, from) } }
}
