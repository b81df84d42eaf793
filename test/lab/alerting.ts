import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Segment } from '../../src/lab/segment.js'

/** What is waited for comes within some windows of seconds, also where the machine is busy; else the test ends here, ms. */
const MOST_MS = 120_000

/** What of Debian's packages is not here. */
export const missing = ['prometheus', 'prometheus-alertmanager'].filter(
  (name) => spawnSync(name, ['--version']).status !== 0,
)

const [PROMETHEUS, ALERTMANAGER] = ['http://127.0.0.1:9090/api/v1', 'http://127.0.0.1:9093/api/v2']

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** A real Prometheus that scrapes watches, and a real Alertmanager, on the client of a segment. */
export class Alerting {
  private readonly segment: Segment

  /** `targets`: `HOST:PORT` of each watch. */
  constructor(segment: Segment, targets: readonly string[]) {
    this.segment = segment
    const folder = segment.directory('client')
    const run = (...argv: readonly string[]) => segment.spawn('client', argv, { stdio: 'ignore', cwd: folder })
    run('prometheus', `--config.file=${configure(folder, targets)}`, `--storage.tsdb.path=${folder}/prometheus`)
    run(
      'prometheus-alertmanager',
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/alertmanager`,
      '--cluster.listen-address=',
    )
  }

  /** What is read there, from the client. */
  async get(url: string): Promise<string> {
    const script = `fetch(process.argv[1]).then(async (page) => { process.stdout.write(await page.text()); process.exitCode = page.ok ? 0 : 1 })`
    const { code, stdout, stderr } = await this.segment.exec('client', [process.execPath, '-e', script, url])
    if (code !== 0) throw new Error(`${url}: ${stdout}${stderr}`)
    return stdout
  }

  /** The labels of what Prometheus answers now. */
  async query(expr: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const answer = JSON.parse(await this.get(`${PROMETHEUS}/query?query=${encodeURIComponent(expr)}`)) as {
      data: { result: readonly { metric: Readonly<Record<string, string>> }[] }
    }
    return answer.data.result.map(({ metric }) => metric)
  }

  /**
   * How many windows of a watch Prometheus has seen begin, after the one of that number, until it evaluated the alert as firing for the first
   * time since then. Prometheus's own times: who was held up counts no more windows than it scraped.
   */
  async windowsUntilFired(name: string, target: string, after: number): Promise<number> {
    const windows = await this.windows(target)
    const since = windows.find(({ value }) => value >= after)?.at ?? Number.POSITIVE_INFINITY
    const alerts = await this.samples(`ALERTS{alertname="${name.split(' ')[0]}",alertstate="firing"}`)
    const firing = alerts.filter(({ labels }) => nameOf({ labels }) === name).flatMap(({ values }) => values)
    const firedAt = Math.min(...firing.map(({ at }) => at).filter((at) => at >= since))
    if (!Number.isFinite(firedAt))
      throw new Error(`${name} has not fired since window ${after} of ${target} was scraped`)
    return new Set(windows.filter(({ at, value }) => value > after && at <= firedAt).map(({ value }) => value)).size
  }

  /** The window of a watch that Prometheus saw first from then on, in seconds since 1970. */
  async windowAt(target: string, time: number): Promise<number> {
    return (await this.windows(target)).find(({ at }) => at >= time)?.value ?? Number.NaN
  }

  private async windows(target: string) {
    return (await this.samples(`l2doctor_windows_total{instance="${target}"}`)).flatMap(({ values }) => values)
  }

  /** What it has stored of the last ten minutes; times in seconds. */
  private async samples(selector: string) {
    const answer = JSON.parse(
      await this.get(`${PROMETHEUS}/query?query=${encodeURIComponent(`${selector}[10m]`)}`),
    ) as {
      data: { result: readonly { metric: Readonly<Record<string, string>>; values: readonly [number, string][] }[] }
    }
    return answer.data.result.map(({ metric, values }) => ({
      labels: metric,
      values: values.map(([at, value]) => ({ at, value: Number(value) })),
    }))
  }

  /** Waits until both are up, and Prometheus answers with something. */
  async until(expr: string): Promise<void> {
    let last = ''
    for (const end = performance.now() + MOST_MS; performance.now() < end; await sleep(500)) {
      try {
        if ((await this.query(expr)).length > 0) return void (await this.get(`${ALERTMANAGER}/alerts`))
        last = await this.get(
          `${PROMETHEUS}/query?query=${encodeURIComponent('{job="l2doctor",__name__=~"up|l2doctor_vip_.*s"}')}`,
        )
      } catch (error) {
        last = String(error)
        if (!/ECONNREFUSED|fetch failed|Service Unavailable/.test(last)) throw error
      }
    }
    throw new Error(`no ${expr}: ${last}`)
  }

  /** Waits until Alertmanager has these alerts, and no other of ours. */
  active(names: readonly string[], ours: (name: string) => boolean): Promise<readonly ActiveAlert[]> {
    return this.alerts(names, ours, (now) => now.join() === unique(names).join())
  }

  /** Waits until Alertmanager has these alerts, whatever others pass. */
  among(names: readonly string[], ours: (name: string) => boolean): Promise<readonly ActiveAlert[]> {
    return this.alerts(names, ours, (now) => names.every((name) => now.includes(name)))
  }

  private async alerts(
    names: readonly string[],
    ours: (name: string) => boolean,
    are: (now: readonly string[]) => boolean,
  ): Promise<readonly ActiveAlert[]> {
    let now: readonly ActiveAlert[] = []
    for (const end = performance.now() + MOST_MS; performance.now() < end; await sleep(500)) {
      const all = JSON.parse(await this.get(`${ALERTMANAGER}/alerts`)) as ActiveAlert[]
      now = all.filter((one) => ours(nameOf(one)))
      if (are(unique(now.map(nameOf)))) return now
    }
    throw new Error(`not ${names.join(', ') || 'quiet'}, but ${unique(now.map(nameOf)).join(', ') || 'quiet'}`)
  }
}

/** `L2VipSilent 10.77.0.241`: what it is, and of what; several watches may say the same of a Service. */
export function nameOf({ labels }: Pick<ActiveAlert, 'labels'>): string {
  const { alertname, vip, interface: device, service, instance } = labels
  return `${alertname} ${vip ?? device ?? service ?? instance}`
}

const unique = (names: readonly string[]) => [...new Set(names)].sort()

/** A window of these watches is to a minute as this to 1 s; the alerts look back no further than over ten. */
const [MINUTE_S, MOST_MINUTES] = [5, 10]

/** As in deploy/watch/local, but quicker: what the alerts have in minutes is as much of the windows here. */
function configure(folder: string, targets: readonly string[]): string {
  cpSync('deploy/watch/local/alertmanager.yml', join(folder, 'alertmanager.yml'))
  const quick = (text: string) =>
    text
      .replaceAll(': 5s', ': 1s')
      .replace(/\b(\d+)m\b/g, (_, minutes) => `${MINUTE_S * Math.min(Number(minutes), MOST_MINUTES)}s`)
      .replace('["127.0.0.1:9797"]', JSON.stringify(targets))
  for (const name of ['rules.yaml', 'local/prometheus.yml']) {
    const text = readFileSync(`deploy/watch/${name}`, 'utf8')
    writeFileSync(join(folder, basename(name)), quick(text).replace('../rules.yaml', 'rules.yaml'))
  }
  return join(folder, 'prometheus.yml')
}
