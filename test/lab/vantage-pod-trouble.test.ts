import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { buildPodSite, ended, IMAGE, type PodSite } from './pod-site.js'
import { reportOf, VIP } from './vantage-site.js'

const SCAN = ['scan', '--vip', VIP, '--json', '--kube-timeout', '10']
const IN_POD = [...SCAN, '--vantage-image', IMAGE]
const gapOf = (report: Report, subject: string | RegExp) => {
  const found = report.gaps.filter((gap) =>
    typeof subject === 'string' ? gap.subject === subject : subject.test(gap.subject),
  )
  expect(found).toHaveLength(1)
  return found[0]!
}

describeLab('trouble with pods to look from, against a stand-in API server and stand-in nodes', () => {
  describe('on one node', () => {
    const FATES = { stuck: 'never-starts', evicted: 'evicts', cut: 'cuts-log', full: 'no-memory' } as const
    const NODES = ['well', 'holder', 'not-ready', 'late', ...Object.keys(FATES)]
    let site: PodSite
    let report: Report
    beforeAll(async () => {
      site = await buildPodSite(
        NODES.map((name) => ({ name, vips: name === 'holder' ? [VIP] : [] })),
        {
          fates: FATES,
          setup: {
            late: `printf '#!/bin/sh\\necho 1700000000\\n' >/mnt/date; chmod 755 /mnt/date; mount --bind /mnt/date /usr/bin/date`,
          },
        },
      )
      const at = ['well', 'not-ready', 'late', 'nowhere', ...Object.keys(FATES)].flatMap((name) => [
        '--at',
        `pod:${name}`,
      ])
      report = reportOf(await site.run(...IN_POD, ...at, '--timeout', '20'))
    })
    afterAll(() => site?.remove())

    it('costs the others nothing', () => {
      expect(report.vantages.find(({ name }) => name === 'well')).toMatchObject({
        read: 'whole',
        addresses: [{ state: 'answered', asked: 4, answered: 4 }],
      })
      expect([...site.api.pods.keys()]).toEqual([])
    })

    it.each([
      ['nowhere', /^the cluster has no node nowhere$/, /kubectl get nodes/],
      ['not-ready', /^not-ready is not ready/, /look from another node/],
      ['stuck', /^its pod did not start within 20 s/, /kubectl describe node stuck/],
      ['full', /^the node refuses the pod: "OutOfmemory: Pod was rejected/, /look from another node/],
    ])('%s: one gap with the next step', (name, reason, hint) => {
      expect(gapOf(report, name)).toMatchObject({
        reason: expect.stringMatching(reason),
        hint: expect.stringMatching(hint),
        decisive: true,
      })
    })

    it('evicted: what the kubelet says of it', () => {
      expect(gapOf(report, /evicted$/).reason).toMatch(
        /^the pod was ended: "Evicted: The node was low on resource: ephemeral-storage."/,
      )
    })

    it('a log that is cut off is noticed, and never taken for silence', () => {
      expect(gapOf(report, /^(capture on )?cut$/)).toMatchObject({
        reason: expect.stringMatching(/^its log is cut off/),
        decisive: true,
      })
      expect(report.findings.filter(({ rule }) => rule.startsWith('vantage/'))).toEqual([])
    })

    it('a clock that is off is said, and the rest stands', () => {
      expect(gapOf(report, 'clock of late').reason).toMatch(/hours behind this machine's/)
      expect(report.vantages.find(({ name }) => name === 'late')?.addresses[0]?.state).toBe('answered')
    })
  })

  describe('with the cluster', () => {
    let site: PodSite
    beforeAll(async () => {
      site = await buildPodSite([{ name: 'node-a' }, { name: 'holder', vips: [VIP] }], {
        levels: { 'metallb-system': 'baseline', l2doctor: 'restricted', 'kube-system': 'restricted' },
      })
    })
    afterAll(() => site?.remove())

    it('no image named is a usage error, before anything is asked', async () => {
      const { code, stderr } = await site.run(...SCAN, '--at', 'pod:node-a')
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('--at pod:node-a needs an image to run there: --vantage-image IMAGE'),
      ])
      expect(site.api.requests).toEqual([])
    })

    it('refused by baseline and restricted everywhere: their words, and how to make a namespace', async () => {
      const report = reportOf(await site.run(...IN_POD, '--at', 'pod:node-a'))
      const { reason, hint } = gapOf(report, 'pod to look from')
      expect(reason).toMatch(
        /^no namespace takes it: in l2doctor it says "violates PodSecurity 'restricted:latest': host namespaces \(hostNetwork=true\)/,
      )
      expect(reason).toMatch(
        /in metallb-system it says "violates PodSecurity 'baseline:latest': non-default capabilities \(container 'look' must not include 'NET_RAW'/,
      )
      expect(hint).toContain('kubectl apply -f deploy/vantage.yaml')
      expect([...site.api.pods.keys()]).toEqual([])
    })

    it('who may not create pods is told which role to bind', async () => {
      const report = reportOf(await site.run(...IN_POD, '--at', 'pod:node-a', '--context', 'reader'))
      expect(gapOf(report, 'pod to look from')).toMatchObject({
        reason: expect.stringMatching(
          /^you may not create it, as in l2doctor: it says "pods is forbidden: User 'reader' cannot create resource/,
        ),
        hint: expect.stringContaining('deploy/vantage.yaml'),
      })
    })
  })

  describe('a namespace that only warns takes it', () => {
    let site: PodSite
    beforeAll(async () => {
      site = await buildPodSite([{ name: 'node-a' }, { name: 'holder', vips: [VIP] }], {
        levels: { 'kube-system': 'warn' },
      })
    })
    afterAll(() => site?.remove())

    it('an image that cannot be pulled is told at once', async () => {
      const report = reportOf(
        await site.run(...SCAN, '--at', 'pod:node-a', '--vantage-image', 'nowhere.example/none:1'),
      )
      expect(gapOf(report, 'node-a')).toMatchObject({
        reason: expect.stringMatching(
          /^the node cannot get the image nowhere.example\/none:1: "ImagePullBackOff: Back-off pulling image/,
        ),
        hint: expect.stringContaining('--vantage-image'),
      })
      expect([...site.api.pods.keys()]).toEqual([])
    })

    it('a plan that lasts longer than a pod may ask is one gap, before anything was asked', async () => {
      const slow = ['--rounds', '12', '--interval', '60s']
      const report = reportOf(await site.run(...IN_POD, '--at', 'pod:node-a', ...slow))
      expect(gapOf(report, 'plan of requests')).toMatchObject({
        reason: 'it takes 12 min, and what runs in a pod may take 10 at most',
        hint: expect.stringContaining('--at ssh:HOST'),
      })
    })

    it('a name that is taken: another pod is made', async () => {
      site.api.namesTaken = 1
      const report = reportOf(await site.run(...IN_POD, '--at', 'pod:node-a', '--rounds', '1'))
      expect(report.vantages[0]).toMatchObject({ read: 'whole', addresses: [{ state: 'answered' }] })
      expect([site.api.namesTaken, ...site.api.pods.keys()]).toEqual([0])
    })

    it('a log whose connection breaks off is read again from its beginning', async () => {
      const before = site.api.requests.length
      site.api.breaksLogs = true
      const report = reportOf(await site.run(...IN_POD, '--at', 'pod:node-a'))
      site.api.breaksLogs = false
      expect(report.vantages[0]).toMatchObject({
        read: 'whole',
        addresses: [{ state: 'answered', asked: 4, answered: 4 }],
      })
      const logs = site.api.requests.slice(before).filter((one) => one.includes('/log?'))
      expect([logs.length, new Set(logs).size]).toEqual([6, 3])
    })

    it.each([
      ['that asks whether a pod would be taken', true],
      ['that makes one', false],
    ])('Ctrl-C during the request %s leaves none, and is no bug', async (_, dry) => {
      let child: ChildProcess | null = null
      let isTaken = false
      site.api.beforeCreate = async (isDry) => {
        if (isDry !== dry) return
        child?.kill('SIGINT')
        await sleep(500)
        isTaken = true
      }
      child = site.start(...IN_POD, '--at', 'pod:node-a')
      const { code, stdout, stderr } = await ended(child)
      // a server goes on with a request whose client is gone
      await until(5, () => isTaken)
      site.api.beforeCreate = async () => {}
      expect([code, stderr]).toEqual([3, expect.not.stringContaining('bug')])
      expect(JSON.parse(stdout)).toMatchObject({ run: { interrupted: true }, verdict: 'inconclusive' })
      expect([...site.api.pods.keys()]).toEqual([])
    })

    it('Ctrl-C removes the pod and reports what was seen', async () => {
      const { child, done } = await whileAsking(site, '60s')
      await sleep(2500)
      child.kill('SIGINT')
      const report = reportOf(await done)
      expect(report.run.interrupted).toBe(true)
      expect(report.vantages[0]?.addresses[0]).toMatchObject({ state: 'answered' })
      expect([[...site.api.pods.keys()], site.node.pids()]).toEqual([[], []])
    })

    it('after a kill -9 the container ends by itself, and the object goes by `vantage --cleanup`', async () => {
      const name = await killedWhileLooking(site, '12s')
      const listed = await site.run('vantage', '--cleanup')
      expect([listed.code, listed.stdout]).toEqual([
        0,
        expect.stringMatching(`^kube-system/${name} on node-a: Running, .*; found: it runs`),
      ])
      await until(30, () => site.node.pids().length === 0)
      expect(site.node.pids()).toEqual([])
      const cleaned = await site.run('vantage', '--cleanup', '--json')
      expect(JSON.parse(cleaned.stdout).pods).toMatchObject([
        { name, phase: 'Succeeded', done: 'removed', because: null },
      ])
      expect([...site.api.pods.keys()]).toEqual([])
    })

    it('one that does not end by itself is ended by its deadline', async () => {
      const name = await killedWhileLooking(site, '10m')
      const pod = site.api.pods.get(`kube-system/${name}`)!
      expect(pod.spec.activeDeadlineSeconds).toBeLessThan(1400)
      site.node.passDeadline(pod)
      await until(10, () => site.node.pids().length === 0)
      expect([site.node.pids(), pod.status['reason']]).toEqual([[], 'DeadlineExceeded'])
    })

    it('and its object goes by the next run, once its time is over by the clock of the API server', async () => {
      const [left] = [...site.api.pods.values()]
      await site.run(...IN_POD, '--at', 'pod:node-a', '--rounds', '1')
      expect([...site.api.pods.values()]).toEqual([left])
      left!.metadata.creationTimestamp = '2026-01-01T00:00:00Z'
      await site.run(...IN_POD, '--at', 'pod:node-a', '--rounds', '1')
      expect([...site.api.pods.keys()]).toEqual([])
    })

    it('a pod that may not be removed is named with the command', async () => {
      site.api.keepsPods = true
      const report = reportOf(await site.run(...IN_POD, '--at', 'pod:node-a', '--rounds', '1'))
      const left = report.gaps.filter(({ subject }) => subject.startsWith('pod kube-system/l2doctor-'))
      expect(left.length).toBe(site.api.pods.size)
      expect(left[0]).toMatchObject({
        reason: expect.stringMatching(/^it could not be removed: it says ".*cannot delete resource/),
        hint: expect.stringMatching(/^remove it: kubectl -n kube-system delete pod l2doctor-/),
        decisive: false,
      })
      const { code, stdout } = await site.run('vantage', '--cleanup', '--running')
      expect([code, stdout]).toEqual([3, expect.stringContaining('not removed: it says')])
    })
  })
})

/** A scan whose second pod, the one that asks, runs. */
async function whileAsking(site: PodSite, duration: string) {
  const before = site.api.requests.length
  const child = site.start(...IN_POD, '--at', 'pod:node-a', '--duration', duration)
  const done = ended(child)
  const logs = () => site.api.requests.slice(before).filter((one) => one.includes('/log?')).length
  await until(40, () => logs() >= 2)
  return { child, done }
}

/** Answers with the name of the pod that a scan left when it was killed. */
async function killedWhileLooking(site: PodSite, duration: string): Promise<string> {
  const { child, done } = await whileAsking(site, duration)
  child.kill('SIGKILL')
  await done
  const [pod] = [...site.api.pods.values()]
  return pod!.metadata.name
}

/** Ends at the latest after so many seconds. */
async function until(seconds: number, isSo: () => boolean): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end && !isSo()) await sleep(50)
}
