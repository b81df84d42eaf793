import { applyAll } from '../../answering/change/apply.js'
import type { Change, FilterRule } from '../../answering/change/model.js'
import { formatChange } from '../../answering/change/text.js'
import type { Host } from '../../node/model.js'
import type { Fix, FixStep, HostFix } from '../fix.js'
import { inTurn, type ShellCommand } from '../shell.js'
import { commandOf, onOff, prefixText, showingOf } from './command.js'
import { effectsOf } from './effects.js'
import { inverseOf } from './inverse.js'
import { lasting } from './lasting.js'
import { persistentSteps, withoutPersistent } from './persistent.js'

/** Steps, side effects, verification and undo of changes of one host; the one place that makes them. `host` null: it was not read. */
export function renderHostFix(fix: HostFix, host: Host | null): Fix {
  const { changes, before = [], after = [] } = fix
  const effects = [...new Set([...lasting(changes).flatMap(effectsOf), ...(fix.sideEffects ?? [])])]
  return {
    summary: fix.summary,
    risk: fix.risk ?? 'none',
    where: 'node',
    node: fix.node,
    steps: [...before, ...changes.map(runtimeStep), ...persistentSteps(changes, host), ...after],
    ...(effects.length > 0 ? { sideEffects: effects } : {}),
    verify: fix.verify ?? showing(changes),
    undo: undoing(changes, host),
  }
}

function runtimeStep(change: Change): FixStep {
  return { kind: 'runtime', text: changeWords(change), run: commandOf(change), change }
}

function showing(changes: readonly Change[]): string {
  return inTurn([...new Set(changes.map(showingOf))])
}

/** The last change first; each is taken back from the host as it was before it. */
function undoing(all: readonly Change[], host: Host | null): string {
  const changes = lasting(all)
  if (changes.length === 0) return NOTHING_STAYS
  const back = host && changes.map((change, at) => inverseOf(change, applyAll(host, changes.slice(0, at)))).reverse()
  if (back === null) return BY_HAND
  if (back.some((change) => change === null)) return BY_HAND
  const commands: ShellCommand[] = (back as Change[]).map(commandOf)
  return inTurn([...commands, ...withoutPersistent(changes, host)])
}

const NOTHING_STAYS = 'No changes to undo: the address is where it was.'
const BY_HAND = 'Set what was changed back to its former value.'

/** What a change does, in words. */
function changeWords(change: Change): string {
  switch (change.kind) {
    case 'sysctl':
      return `Set ${change.key} to ${change.value}`
    case 'address-add':
      return `Add ${prefixText(change.address)} to ${change.device}`
    case 'address-del':
      return `Remove ${prefixText(change.address)} from ${change.device}`
    case 'proxy-add':
      return `Add the proxy entry for ${change.ip} on ${change.device}`
    case 'proxy-del':
      return `Remove the proxy entry for ${change.ip} from ${change.device}`
    case 'neighbour-add':
    case 'neighbour-del':
      return change.kind === 'neighbour-add'
        ? `Add the neighbour entry of ${change.ip} on ${change.device}`
        : `Remove the neighbour entry of ${change.ip} on ${change.device}`
    case 'port':
      return `Turn ${change.flag} ${onOff(change.on)} on the bridge port ${change.device}`
    case 'link':
      return change.flag === 'up'
        ? `Set ${change.device} ${change.on ? 'up' : 'down'}`
        : `Turn ARP ${onOff(change.on)} on ${change.device}`
    case 'route-add':
    case 'rule-add':
      return `Add the ${change.kind === 'route-add' ? 'route' : 'rule'} ${formatChange(change).replace(/^[^=]*=/, '')}`
    case 'route-del':
    case 'rule-del':
      return `Remove the ${change.kind === 'route-del' ? 'route' : 'rule'} ${formatChange(change).replace(/^[^=]*=/, '')}`
    case 'filter-add':
      return `Put the rule "${change.rule}" into ${chainWords(change)}`
    case 'filter-del':
      return `Delete the rule "${change.rule}" of ${chainWords(change)}`
    case 'link-mac':
      return `Give ${change.device} another MAC`
  }
}

/** `nft arp table guard, chain in`. */
function chainWords({ tool, family, table, chain }: FilterRule): string {
  return `${tool} ${family} table ${table}, chain ${chain}`
}
