import type { AgentState } from '../cluster/agent-state.js'
import type { AnnouncerView } from '../cluster/announcers/announcer.js'
import type { ClusterSnapshot } from '../cluster/model.js'
import type { Known } from '../known.js'
import type { NeighbourTable } from '../neighbours/model.js'
import type { Host } from '../node/model.js'
import type { WireFacts } from '../observe/model.js'
import type { AllowanceUse } from './allowances.js'
import type { AnswerTable } from './answers/model.js'
import type { Attribution } from './attribution.js'
import type { BaselineFacts } from './baseline.js'
import type { ExpectedAnswers } from './expected.js'
import type { HistoryFacts } from './history.js'
import type { Question } from './question.js'
import type { VantageFacts } from './vantages/model.js'

/**
 * Everything a rule may read, by name. A name is known or unknown as a whole, so a new source of
 * truth that can fail on its own gets a name of its own.
 */
export interface Facts {
  /** What the operator asked; always known. */
  question: Question
  /** What a capture showed. */
  wire: WireFacts
  /** What each place saw that the wire was looked at from; in scope only where several were named. */
  vantages: readonly VantageFacts[]
  /** Tables of routers and switches that the operator gave; in scope only where one was. */
  neighbours: readonly NeighbourTable[]
  /** The hosts asked for, unreached ones included; known when at least one was read. */
  hosts: readonly Host[]
  /** The Kubernetes objects; each kind in it is known or unknown on its own. */
  cluster: ClusterSnapshot
  /** What every announcer's objects say about every VIP. */
  announcers: readonly AnnouncerView[]
  /** What announcers' agents say of themselves; in scope only where one was asked, or its table was given. */
  agents: readonly AgentState[]
  /** Who should answer for each VIP, over all announcers. */
  expected: ExpectedAnswers
  /** Which node owns which MAC. */
  attribution: Attribution
  /** For each address who answered, beside who answers by the model of the hosts that were read. */
  answers: readonly AnswerTable[]
  /** The VIP bindings of the last run beside this one's; in scope with `--baseline` or `--history` only. */
  baseline: BaselineFacts
  /** What a watch wrote down of the past; in scope with `--history` only. */
  history: HistoryFacts
  /** What became of the findings that a check file accepts; known after the other rules have run. */
  allowances: readonly AllowanceUse[]
}

export type FactName = keyof Facts

/**
 * The facts of one run: each known, or unknown with the reason. A name that is absent was never looked for by this
 * command: rules that need it are out of scope, not skipped.
 */
export type FactTable = { readonly [N in FactName]?: Known<Facts[N]> }
