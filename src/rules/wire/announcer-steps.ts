import type { AnnouncerView } from '../../cluster/announcers/announcer.js'
import { LISTED_AS, peopleOf } from '../../cluster/announcers/people.js'
import { objectName } from '../../cluster/key.js'
import type { FixStep } from '../define.js'
import { sh } from '../shell.js'

/** An announcer that was found, and where: `DaemonSet/metallb-system/speaker`. */
export interface AnnouncerHere {
  readonly name: string
  readonly object: string
}

/** Those that count the address theirs, else all that were found; empty: none, or no cluster was read. */
export function announcersFor(ip: string, views: readonly AnnouncerView[] = []): readonly AnnouncerHere[] {
  const found = views.filter(({ presence }) => presence.known && presence.value !== null)
  const own = found.filter(({ answers }) => answers.some((one) => one.ip === ip))
  return (own.length > 0 ? own : found).flatMap(({ name, presence }) =>
    presence.known && presence.value ? [{ name, object: presence.value.object }] : [],
  )
}

/** What to look at of the announcers that are there; where none is known, how to find out. */
export function announcerSteps(here: readonly AnnouncerHere[]): readonly FixStep[] {
  if (here.length === 0) return [whichAnnouncer()]
  return here.flatMap((one) => [...looksOf(one), podsStep(one)])
}

const LISTED = LISTED_AS.join('|')

function whichAnnouncer(): FixStep {
  return {
    kind: 'look',
    text: 'Which software should announce the address? This shows the announcers that run as pods; keepalived and others run on the hosts themselves',
    run: sh`kubectl get pods -A -o wide | grep -iE ${LISTED}`,
  }
}

function podsStep({ name, object }: AnnouncerHere): FixStep {
  const namespace = objectName(object).namespace
  return {
    kind: 'look',
    text: `${name}: do its pods run on the nodes that may announce?`,
    run: sh`kubectl -n ${namespace} get pods -o wide | grep -F ${peopleOf(name).pods}`,
  }
}

/** The objects that decide who answers. */
function looksOf({ name, object }: AnnouncerHere): readonly FixStep[] {
  return peopleOf(name)
    .looks(object)
    .map((look) => ({ kind: 'look', ...look }))
}
