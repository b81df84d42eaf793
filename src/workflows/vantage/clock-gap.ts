import type { Gap } from '../../known.js'

/** Times of one host are only compared with each other; beyond this the reader should know of it. */
const MOST_CLOCK_SECONDS = 30

export function clockGap(name: string, ahead: number | null): Gap[] {
  if (ahead === null || Math.abs(ahead) < MOST_CLOCK_SECONDS) return []
  const by =
    Math.abs(ahead) >= 5400 ? `${Math.round(Math.abs(ahead) / 3600)} hours` : `${Math.round(Math.abs(ahead))} s`
  const reason = `its clock is ${by} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's: times of what was heard there are its own`
  return [
    {
      subject: `clock of ${name}`,
      reason,
      hint: 'compare no times between hosts; check its time service (`timedatectl`)',
    },
  ]
}
