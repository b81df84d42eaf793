import { describe, it } from 'vitest'
import { Alerting, missing, nameOf } from './alerting.js'
import { ArpRequests } from './arp-requests.js'
import { describeLab } from './describe-lab.js'
import { API, buildSite, OTHER, type Site, WEB } from './watch-site.js'
import { type Line, Watching } from './watching.js'

if (missing.length > 0)
  console.warn(`SKIPPED alerts under real Prometheus: no ${missing.join(', ')} (Debian: apt-get install)`)

const NODES = ['node-a', 'node-b', 'node-c'] as const
type Node = (typeof NODES)[number]
/** Nobody has the address of the control plane here: of that there are alerts all the time. */
const isOurs = (name: string) => [WEB, API, OTHER, 'web', 'api', 'eth0', ':9797'].some((word) => name.endsWith(word))
/** A watch on each node of a cluster, one of which asks; its API server, Prometheus and Alertmanager are on the client. */
class Fleet {
  readonly watches = new Map<Node, Watching>()
  readonly site: Site
  readonly alerting: Alerting

  constructor(site: Site) {
    this.site = site
    this.alerting = new Alerting(
      site.segment,
      NODES.map((node) => this.target(node)),
    )
  }

  target(node: Node): string {
    return `${this.site.segment.host(node).address}:9797`
  }

  /** Resolves when it knows whether it asks. */
  async start(node: Node): Promise<Line> {
    const flags = ['--kubeconfig', this.site.kubeconfig, '--probe', 'leader', '--listen', this.target(node)]
    const watching = new Watching(this.site.segment, flags, { host: node })
    this.watches.set(node, watching)
    return watching.heard('asker')
  }

  /** The number of the window that goes on at a watch. */
  async window(node: Node): Promise<number> {
    return Number(/^l2doctor_windows_total\{.*\} (\d+)$/m.exec(await this.site.metrics(this.target(node)))?.[1])
  }
}

describeLab('three watches of a segment under real Prometheus and Alertmanager', () => {
  describe.runIf(missing.length === 0)('with windows of 5 s', () => {
    it('fire each of the seven alerts within two windows of its fault, and resolve it; one asks at a time, also when it is killed', {
      timeout: 400_000,
    }, async ({ expect, onTestFinished }) => {
      const site = await buildSite(onTestFinished)
      const { segment } = site
      const requests = new ArpRequests(segment)
      await requests.ready()
      const fleet = new Fleet(site)
      const { alerting } = fleet
      const mac = (node: Node) => segment.host(node).mac
      expect(await fleet.start('node-a')).toMatchObject({ standing: { is: 'holder' } })
      const others = await Promise.all([fleet.start('node-b'), fleet.start('node-c')])
      expect(others).toMatchObject([{ standing: { is: 'follower' } }, { standing: { is: 'follower' } }])
      await alerting.until('count(l2doctor_vip_expected_answers == 1) == 2 and on () count(up == 1) == 3')
      await alerting.active([], isOurs)
      /** It has fired while the window of that number went on, or one of the two after it. */
      const firedSoon = async (name: string, after: number, of: Node = 'node-a') =>
        expect(await alerting.windowsUntilFired(name, fleet.target(of), after), name).toBeLessThanOrEqual(2)

      // a second owner, and a node in charge that is silent
      site.address('node-b', 'add', WEB)
      site.address('node-b', 'del', API)
      const both = await fleet.window('node-a')
      const alerts = await alerting.active(
        [`L2VipDuplicateResponders ${WEB}`, `L2VipSilent ${API}`, `L2LeaseHeldButSilent ${API}`],
        isOurs,
      )
      for (const alert of alerts) await firedSoon(nameOf(alert), both)
      expect(alerts.map(({ labels }) => labels['instance'])).toEqual(alerts.map(() => fleet.target('node-a')))
      for (const { annotations } of alerts) {
        const [, id] = /\/rules\/(.*)$/.exec(annotations['runbook_url'] ?? '') ?? []
        expect(await alerting.get(annotations['runbook_url'] ?? '')).toContain(`<h1>${id}</h1>`)
      }
      expect(alerts.map(({ annotations }) => annotations['summary']).sort()).toEqual([
        `2 machines answer for ${WEB} (default/web)`,
        `nobody answers for ${API} (shop/api)`,
        `the node in charge of ${API} (shop/api) does not answer`,
      ])
      site.address('node-b', 'del', WEB)
      site.address('node-b', 'add', API)
      await alerting.active([], isOurs)

      // an address that goes to and fro: counted from its third move; it stays at the wrong node: counted from the window in which that answers first
      const asker = fleet.watches.get('node-a')!
      const move = async (from: Node, to: Node) => {
        const said = asker.lines.length
        site.address(from, 'del', WEB)
        site.address(to, 'add', WEB)
        const made = await fleet.window('node-a')
        const isThere = (line: Line) => line['ip'] === WEB && (line['to'] as { node: string }).node === to
        const { window: seen = Number.NaN } = await asker.heard('owner-moved', said, isThere)
        expect(seen - made).toBeLessThanOrEqual(1)
        return { made, seen }
      }
      await move('node-c', 'node-b')
      await move('node-b', 'node-c')
      const third = await move('node-c', 'node-b')
      await alerting.among([`L2VipFlapping ${WEB}`, `L2VipWrongNode ${WEB}`], isOurs)
      await firedSoon(`L2VipFlapping ${WEB}`, third.made)
      await firedSoon(`L2VipWrongNode ${WEB}`, third.seen)

      // a Service that gets another address: counted from when the watch has read it, which takes no windows but twenty times a reading
      const said = asker.lines.length
      site.address('node-b', 'add', OTHER)
      site.write((text) => text.replace(`{ip: ${API}`, `{ip: ${OTHER}`))
      site.reload()
      await alerting.among(['L2ServiceAddressChanged api'], isOurs)
      const { at } = await asker.heard('service-address-changed', said)
      const changed = await alerting.windowAt(fleet.target('node-a'), Date.parse(String(at)) / 1000)
      await firedSoon('L2ServiceAddressChanged api', changed)

      await move('node-b', 'node-c')
      await alerting.active([], isOurs)
      expect(requests.askers(WEB)).toEqual([mac('node-a')])
      expect(await alerting.query('count by (instance) (max_over_time(l2doctor_vip_responders[1h]))')).toEqual([
        { instance: fleet.target('node-a') },
      ])

      // the watch that asks is killed
      const killedAt = performance.now()
      await asker.end('SIGKILL')
      const killedIn = await fleet.window('node-b')
      const isHolder = ({ standing }: Line) => (standing as { is: string }).is === 'holder'
      const next = await Promise.any(
        (['node-b', 'node-c'] as const).map(async (node) => {
          await fleet.watches.get(node)!.heard('asker', 0, isHolder)
          return node
        }),
      )
      // what the next one holds itself, the other one asks for
      const helper = next === 'node-b' ? 'node-c' : 'node-b'
      const [own, theirs] = next === 'node-b' ? [OTHER, WEB] : [WEB, OTHER]
      const blind = `L2DoctorBlind ${fleet.target('node-a')}`
      await alerting.until(`count(l2doctor_vip_responders{vip="${own}",instance="${fleet.target(helper)}"} == 1)`)
      await alerting.active([blind], isOurs)
      await firedSoon(blind, killedIn, 'node-b')
      const due = await alerting.query('max_over_time(l2doctor_vip_verdict_due[10m])')
      const dueAt = due.map(({ vip, instance }) => `${vip} ${instance}`)
      expect(dueAt).toEqual(
        expect.arrayContaining([`${theirs} ${fleet.target(next)}`, `${own} ${fleet.target(helper)}`]),
      )
      expect(dueAt).not.toContain(`${own} ${fleet.target(next)}`)
      const since = Math.floor((performance.now() - killedAt) / 1000)
      const fired = await alerting.query(`count_over_time(ALERTS{alertstate="firing"}[${since}s])`)
      const verdicts = fired.map((labels) => nameOf({ labels })).filter((name) => !name.startsWith('L2DoctorBlind'))
      expect(verdicts.filter(isOurs)).toEqual([])
      expect(requests.askers(theirs)).toEqual([mac('node-a'), mac(next)])
      expect(new Set(requests.askers(own))).toEqual(new Set([mac('node-a'), mac(next), mac(helper)]))
      site.address(next, 'del', own)
      const isSure = (name: string) => isOurs(name) && !name.startsWith('L2LeaseHeldButSilent')
      const silent = await alerting.active([blind, `L2VipSilent ${own}`], isSure)
      expect(silent.filter(({ labels }) => labels['vip'] === own).map(({ labels }) => labels['instance'])).toContain(
        fleet.target(helper),
      )
      site.address(next, 'add', own)
      expect(await fleet.start('node-a')).toMatchObject({ standing: { is: 'follower' } })
      await alerting.active([], isOurs)
      expect(await Promise.all([...fleet.watches.values()].map((one) => one.end()))).toEqual([0, 0, 0])
    })
  })
})
