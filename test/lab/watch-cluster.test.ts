import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { it, vi } from 'vitest'
import { describeLab } from './describe-lab.js'
import { CLI, parseReport } from './scan-scenario.js'
import { API, buildSite, LISTEN, LISTEN_C, OTHER, WEB } from './watch-site.js'
import { type Line, Watching } from './watching.js'

vi.setConfig({ testTimeout: 150_000 })

const series = (name: string, vip: string, service: string, more = '') =>
  `${name}{vip="${vip}",family="ipv4",service_namespace="${service.split('/')[0]}",service="${service.split('/')[1]}"${more}}`

const UID = '0d1d4b0c-7f7b-4a3e-9d39-1c1a6a4c1f02'
const isDuplicate = ({ finding }: Line) => (finding as { rule: string }).rule === 'wire/duplicate-responders'

describeLab('watch of a cluster', () => {
  it.concurrent('takes its VIPs and their nodes from it, and follows a Service that gets another address', async ({
    expect,
    onTestFinished,
  }) => {
    const site = await buildSite(onTestFinished)
    const history = join(site.segment.directory('client'), 'watch.jsonl')
    const watching = new Watching(site.segment, [
      '--kubeconfig',
      site.kubeconfig,
      '--listen',
      LISTEN,
      '--history',
      history,
    ])
    await watching.heard('owner-first-seen', 0, ({ ip, to }) => ip === WEB && (to as { node: string }).node !== null)
    await vi.waitFor(
      async () => {
        const text = await site.metrics()
        expect(text).toContain(`${series('l2doctor_vip_expected_answers', WEB, 'default/web')} 1`)
        expect(text).toContain(`${series('l2doctor_vip_expected_answers', API, 'shop/api')} 1`)
        expect(text).toContain(`${series('l2doctor_vip_owner_info', API, 'shop/api', ',node="node-b"')} 1`)
        expect(text).toContain('l2doctor_service_address_changes_total{service_namespace="default",service="web"} 0')
      },
      { timeout: 40_000, interval: 500 },
    )
    // of the address of its control plane, which nobody has here, it speaks as well
    const began = watching.lines.filter(({ event }) => event === 'finding-began').map((line) => JSON.stringify(line))
    expect(began.filter((line) => line.includes(WEB) || line.includes(API))).toEqual([])

    site.address('node-c', 'del', WEB)
    for (const host of ['node-a', 'node-b', 'node-c']) if (host === 'node-a') site.address(host, 'add', OTHER)
    site.write((text) => text.replace(`{ip: ${WEB}`, `{ip: ${OTHER}`))
    site.reload()
    expect(await watching.heard('service-address-changed')).toMatchObject({
      service: 'default/web',
      from: [WEB],
      to: [OTHER],
    })
    await watching.heard('owner-first-seen', 0, ({ ip }) => ip === OTHER)
    const text = await site.metrics()
    expect(text).toContain('l2doctor_service_address_changes_total{service_namespace="default",service="web"} 1')
    expect(text).not.toContain(`vip="${WEB}"`)
    const silent = watching.lines.filter(({ finding }) => JSON.stringify(finding ?? '').includes(WEB))
    expect(silent).toEqual([])
    expect(await watching.end()).toBe(0)

    const flags = ['--vip', OTHER, '--kubeconfig', site.kubeconfig, '--no-hosts', '--history', history, '--json']
    const { stdout } = await site.segment.exec('client', [...CLI, 'diagnose', ...flags])
    const told = parseReport(stdout).findings.filter(({ rule }) => rule === 'service/vip-changed')
    expect(told.map(({ message }) => message.replace(/until \S+,/, 'until then,'))).toEqual([
      `default/web had ${WEB} until then, now ${OTHER}`,
    ])
  })

  it.concurrent('names the silent node in charge, likely once that one speaks as itself; its own machine calls nobody silent', async ({
    expect,
    onTestFinished,
  }) => {
    const site = await buildSite(onTestFinished)
    site.address('node-c', 'del', WEB)
    const about = ({ finding }: Line) => (finding as { subject: { ip: string } } | undefined)?.subject.ip === WEB
    const there = new Watching(site.segment, ['--kubeconfig', site.kubeconfig, '--vip', WEB, '--listen', 'off'])
    const own = new Watching(
      site.segment,
      ['--cluster-from', site.objects, '--vip', `${WEB},${API}`, '--listen', LISTEN_C],
      { host: 'node-c' },
    )
    const isNamed = (line: Line) =>
      about(line) && (line['finding'] as { rule: string }).rule === 'announcer/silent-node'
    expect(await there.heard('finding-began', 0, isNamed)).toMatchObject({
      finding: { certainty: 'likely', because: expect.stringContaining('node-c speaks here as its own address') },
    })
    await own.heard('owner-first-seen', 0, ({ ip }) => ip === API)
    const flags = ['--vip', WEB, '--kubeconfig', site.kubeconfig, '--no-hosts', '--json']
    const { stdout } = await site.segment.exec('client', [...CLI, 'diagnose', ...flags])
    expect(parseReport(stdout).findings.find(({ rule }) => rule === 'announcer/silent-node')).toMatchObject({
      certainty: 'likely',
      subject: { ip: WEB },
      data: { node: 'node-c' },
    })
    const text = await site.metrics(LISTEN_C, 'node-c')
    expect(text).toContain(`${series('l2doctor_vip_responders', API, 'shop/api')} 1`)
    expect(text).not.toContain(series('l2doctor_vip_responders', WEB, 'default/web'))
    expect(own.lines.filter(about)).toEqual([])
    expect([await there.end(), await own.end()]).toEqual([0, 0])
  })

  it.concurrent('reads the objects again before it says that the wrong node answers, and says nothing of that without them', async ({
    expect,
    onTestFinished,
  }) => {
    const site = await buildSite(onTestFinished)
    const watching = new Watching(site.segment, ['--kubeconfig', site.kubeconfig, '--listen', LISTEN])
    await watching.heard('owner-first-seen', 0, ({ ip, to }) => ip === WEB && (to as { node: string }).node !== null)
    await site.stop()
    site.address('node-c', 'del', WEB)
    site.address('node-a', 'add', WEB)
    expect(await watching.heard('owner-moved')).toMatchObject({ ip: WEB, to: { node: 'node-a' } })
    await watching.heard('failed')
    await vi.waitFor(
      async () => {
        const text = await site.metrics()
        expect(text).toContain(`${series('l2doctor_vip_responders', WEB, 'default/web')} 1`)
        expect(text).not.toContain(series('l2doctor_vip_expected_answers', WEB, 'default/web'))
      },
      { timeout: 60_000, interval: 500 },
    )
    expect(watching.rules('finding-began')).not.toContain('wire/unexpected-responder')
    await site.serve()
    const known = watching.lines.length
    await watching.heard('works-again')
    expect(
      await watching.heard(
        'finding-began',
        known - 1,
        ({ finding }) => (finding as { rule: string }).rule === 'wire/unexpected-responder',
      ),
    ).toMatchObject({
      finding: { subject: { ip: WEB } },
    })
    expect(await site.metrics()).toContain(`${series('l2doctor_vip_expected_answers', WEB, 'default/web')} 0`)
    expect(watching.lines.filter(({ event }) => event === 'failed')).toHaveLength(1)
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('does not begin without the cluster that was named', async ({ expect, onTestFinished }) => {
    const site = await buildSite(onTestFinished)
    await site.stop()
    const { code, stderr } = await site.segment.exec('client', [...CLI, 'watch', '--kubeconfig', site.kubeconfig])
    expect([code, stderr]).toEqual([3, expect.stringContaining('API server')])
    expect(stderr).not.toContain('metrics on')
  })

  it.concurrent('with --events has two watches write one Event to a stand-in API server, on the Service whose address two machines answer for, and none in each window', async ({
    expect,
    onTestFinished,
  }) => {
    const site = await buildSite(onTestFinished)
    site.write((text) => text.replace('  name: web\n', `  name: web\n  uid: ${UID}\n`))
    site.reload()
    const flags = ['--kubeconfig', site.kubeconfig, '--listen', 'off', '--probe', 'always', '--events']
    const both = [new Watching(site.segment, flags), new Watching(site.segment, flags)]
    const first = ({ ip }: Line) => ip === WEB
    await Promise.all(both.map((one) => one.heard('owner-first-seen', 0, first)))
    expect((await site.events('default')).filter(({ note }) => note.includes(WEB))).toEqual([])

    site.address('node-a', 'add', WEB)
    await Promise.all(both.map((one) => one.heard('finding-began', 0, isDuplicate)))
    await sleep(6000) // a window more
    const events = (await site.events('default')).filter(({ reason }) => reason === 'WireDuplicateResponders')
    expect(events).toEqual([
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: {
          namespace: 'default',
          name: expect.stringMatching(/^web\.[0-9a-f]{16}$/),
          resourceVersion: expect.any(String),
        },
        eventTime: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
        reportingController: 'l2doctor',
        reportingInstance: expect.any(String),
        action: 'Observe',
        reason: 'WireDuplicateResponders',
        type: 'Warning',
        regarding: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'web', uid: UID },
        note: `More than one machine answers for the same address: ${WEB} [wire/duplicate-responders]`,
      },
    ])
    expect(both.flatMap(({ lines }) => lines.filter(({ event }) => event === 'failed'))).toEqual([])
    expect(await Promise.all(both.map((one) => one.end()))).toEqual([0, 0])
  })
})
