import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeLab } from './describe-lab.js'
import { hasSshd } from './ssh-hosts.js'
import {
  buildSite,
  commOf,
  having,
  inShell,
  processesOf,
  type Running,
  reportOf,
  type Site,
  VIP,
  variable,
} from './vantage-site.js'

/** What listens and what sends there; each reads its stdin in a way of its own. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  socat: ['tcpdump', 'socat'],
  perl: ['perl'],
  python: ['python3'],
}
/** Who dies; `wire`: nobody, but the connection is heard no more at either end. */
const DEATHS = ['ssh', 'sshd', 'us', 'wire'] as const
type Death = (typeof DEATHS)[number]

const placesOf = (death: Death) => Object.keys(TOOLS).map((tool) => `${death}-${tool}`)
const HOSTS = DEATHS.flatMap(placesOf)

describeLab('what a death leaves on a host', () => {
  describe.runIf(hasSshd)('that is looked from', () => {
    let site: Site
    let before: ReadonlyMap<string, ReadonlySet<number>>
    const running = new Map<Death, Running>()
    beforeAll(async () => {
      const serving = HOSTS.map((name) => [name, { wrapped: having(...TOOLS[name.split('-')[1]!]!) }] as const)
      const hosts = [...HOSTS.map((name) => ({ name })), { name: 'holder', vips: [VIP] }]
      site = await buildSite(hosts, Object.fromEntries(serving))
      before = new Map(await Promise.all(HOSTS.map(async (name) => [name, await processesOf(site, name)] as const)))
      for (const death of DEATHS) running.set(death, start(site, placesOf(death)))
      await until(90, async () => (await Promise.all(HOSTS.map(begun))).every(Boolean))
      await Promise.all(DEATHS.map(die))
    }, 200_000)
    afterAll(() => site?.segment.remove())

    /** A listener and a sender, and a shell or more around them. */
    async function begun(name: string): Promise<boolean> {
      const { said } = running.get(name.split('-')[0] as Death)!
      const names = (await ours(name)).map(({ comm }) => comm)
      return said().includes(`from ${name}, on`) && names.length >= 2
    }

    /** What runs there that did not run before, but for sshd itself. */
    async function ours(name: string, isOurs = (comm: string) => !comm.startsWith('sshd')) {
      const all = [...(await processesOf(site, name))].filter((pid) => !before.get(name)!.has(pid))
      return all.map((pid) => ({ pid, comm: commOf(pid) })).filter(({ comm }) => comm !== '' && isOurs(comm))
    }

    async function die(death: Death): Promise<void> {
      const { child } = running.get(death)!
      if (death === 'us') child.kill('SIGKILL')
      else if (death === 'ssh') for (const pid of sshOf(child.pid!)) process.kill(pid, 'SIGKILL')
      else if (death === 'wire')
        await inShell(
          site.segment,
          placesOf('wire').map((name) => `ip -n ${variable(name)} link set mgmt down`),
        )
      else for (const name of placesOf('sshd')) await killSessions(name)
    }

    async function killSessions(name: string): Promise<void> {
      const sessions = await ours(name, (comm) => comm.startsWith('sshd'))
      expect(sessions.length).toBeGreaterThan(0)
      for (const { pid } of sessions) process.kill(pid, 'SIGKILL')
    }

    it('is no process after 30 s, whoever died', async () => {
      const left = async () => {
        const each = HOSTS.map(async (name) => (await ours(name)).map(({ comm }) => `${name}: ${comm}`))
        return (await Promise.all(each)).flat()
      }
      await until(32, async () => (await left()).length === 0)
      expect(await left()).toEqual([])
    }, 60_000)

    it.each(['ssh', 'sshd'] as const)(
      'and where %s died, each place is a doubt with the next step',
      async (death) => {
        const { child, ended } = running.get(death)!
        const report = reportOf(await ended)
        expect([child.exitCode, report.verdict]).toEqual([3, 'inconclusive'])
        for (const name of placesOf(death)) {
          const place = report.vantages.find((one) => one.name === name)
          expect(place?.read).toBe('partly')
          const gaps = report.gaps.filter(({ subject }) => subject === `capture on ${name}/eth0`)
          expect(gaps).toMatchObject([{ decisive: true, hint: expect.stringMatching(/./) }])
        }
      },
      60_000,
    )
  })
})

/** Asks from all places until it is ended. */
function start(site: Site, names: readonly string[]): Running {
  const at = names.flatMap((name) => ['--at', `ssh:${name}`])
  return site.start('scan', '--vip', VIP, '--no-kube', '--json', '--duration', '10m', ...at)
}

function sshOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  return children.filter((one) => commOf(one) === 'ssh')
}

/** Ends at the latest after so many seconds. */
async function until(seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end && !(await isSo())) await sleep(500)
}
