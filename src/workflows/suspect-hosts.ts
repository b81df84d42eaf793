import type { ClusterNode } from '../cluster/model.js'
import type { ClusterView } from '../facts/cluster-view.js'
import type { Gap } from '../known.js'
import { formatIp, type Ip } from '../wire/ip.js'
import { byRelevance } from './scan-targets.js'

/** Nodes read unasked: enough for those that matter, few enough for a large cluster. */
const MOST_AUDITED = 16

export interface HostChoice {
  /** Names, those most likely to matter first. */
  readonly nodes: readonly ClusterNode[]
  readonly gaps: readonly Gap[]
}

/** The nodes that may announce the VIPs; with `all`, every node. */
export function nodesToAudit(view: ClusterView, vips: readonly Ip[], all: boolean): HostChoice {
  const nodes = view.cluster.nodes.known ? view.cluster.nodes.value : []
  if (all) return { nodes, gaps: [] }
  const mattering = byRelevance(nodes, vips, view).filter(({ name }) => mayAnnounce(view, vips, name))
  const left = mattering.length - MOST_AUDITED
  return { nodes: mattering.slice(0, MOST_AUDITED), gaps: left > 0 ? [tooMany(left)] : [] }
}

function mayAnnounce({ announcers, expected }: ClusterView, vips: readonly Ip[], node: string): boolean {
  return vips.map(formatIp).some((ip) => {
    const answers = announcers.flatMap(({ answers }) => answers).filter((answer) => answer.ip === ip)
    if (answers.length === 0) return true // nobody knows who may: then anybody
    const eligible = answers.flatMap(({ candidates }) => candidates.filter(({ eligible }) => eligible))
    return [...eligible, ...(expected.get(ip)?.nodes ?? [])].some((one) => one.node === node)
  })
}

function tooMany(left: number): Gap {
  return {
    subject: `${left} more nodes`,
    reason: `only the ${MOST_AUDITED} most likely nodes and those that answered were read`,
    hint: 'read them too with --all-nodes',
  }
}
