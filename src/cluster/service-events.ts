import { createHash } from 'node:crypto'
import { CannotLook } from '../known.js'
import type { ApiClient } from './api-connection.js'
import { type Raw, record, text } from './normalise/raw.js'
import { type Answer, askApi, saidOf } from './pods/pod-api.js'

/** What is to be written of a Service; of the same words there is one Event. */
export interface ServiceEvent {
  readonly service: { readonly namespace: string; readonly name: string; readonly uid: string | null }
  readonly reason: string
  readonly note: string
}

export interface ServiceEventsOptions {
  /** Connects anew: tokens and certificates are rotated. Throws CannotLook. */
  readonly connect: () => Promise<ApiClient>
  /** The machine that writes. */
  readonly instance: string
  /** How often the objects were read until now: what was refused is tried again after the next time. */
  readonly readings: () => number
  readonly clock: {
    /** ms of a clock that only goes forward. */
    now(): number
    date(): Date
  }
  readonly told: {
    /** Once for each time that something cannot be written. */
    failed(reason: string): void
    worksAgain(): void
  }
}

/** One Event is written at most so often, ms, by whichever watch; client-go ends a series after as long. */
const EVENT_EVERY_MS = 360_000
/** More wait for the next window. */
const MOST_WAITING = 200
/** An answer that takes longer is none, ms. */
const TIMEOUT_MS = 5000
const NEXT_STEP = 'apply deploy/rbac-watch.yaml, or leave out --events'
/** Whose failure it is where the API server does not answer at all. */
const ALL = ''

/**
 * Writes Events (events.k8s.io/v1) about Services, each under a name that follows from its words and the Service, so that all watches of
 * a cluster, and those after a restart, find the same one: what one wrote within 6 min, no other writes. Nobody waits for it, and what could
 * not be written is not kept: it is offered again while it stands.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export class ServiceEvents {
  private readonly options: ServiceEventsOptions
  /** By path. */
  private readonly waiting = new Map<string, ServiceEvent>()
  /** By path, ms of the clock. */
  private readonly notBefore = new Map<string, number>()
  /** Namespaces in which it may write nothing, as of the last reading. */
  private readonly refused = new Set<string>()
  private readings = 0
  /** What fails, a namespace or a path, and when it did last. */
  private readonly failing = new Map<string, number>()
  /** The reading after which no answer came; null: one came. */
  private unanswered: number | null = null
  private wake: () => void = () => {}

  constructor(options: ServiceEventsOptions) {
    this.options = options
  }

  /** Takes what stands now; what is not due yet, or may not be written, is left out. */
  offer(events: readonly ServiceEvent[]): void {
    this.forget()
    for (const one of events) {
      if (this.waiting.size >= MOST_WAITING) break
      const path = pathOf(one)
      if (!this.notBefore.has(path) && !this.refused.has(one.service.namespace)) this.waiting.set(path, one)
    }
    this.wake()
  }

  /** Until it is stopped; what waits then is not written. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.wake(), { once: true })
    while (!signal.aborted) {
      if (this.waiting.size > 0) await this.writeAll(signal)
      else
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
    }
  }

  private forget(): void {
    const now = this.options.clock.now()
    for (const [path, at] of this.notBefore) if (at <= now) this.notBefore.delete(path)
    // what stands is tried within this time: the others have ended
    for (const [key, at] of this.failing) if (now - at > 2 * EVENT_EVERY_MS) this.failing.delete(key)
    if (this.options.readings() !== this.readings) this.refused.clear()
    this.readings = this.options.readings()
  }

  private async writeAll(signal: AbortSignal): Promise<void> {
    let api: ApiClient | null = null
    try {
      api = await this.options.connect()
      for (const [path, one] of this.waiting) {
        if (signal.aborted) return
        if (!this.refused.has(one.service.namespace)) await this.write(api, path, one, signal)
        this.waiting.delete(path)
      }
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof CannotLook)) throw error
      this.noAnswer(error)
    } finally {
      api?.close()
    }
  }

  private async write(api: ApiClient, path: string, one: ServiceEvent, signal: AbortSignal): Promise<void> {
    const ask: Ask = (method, to, body) =>
      askApi(api, { method, path: to, timeoutMs: TIMEOUT_MS, ...(body && { body }) }, signal)
    const there = await ask('GET', path)
    const lastMs = there.status === 200 ? lastOf(there.body) : Number.NaN
    const agoMs = Math.abs(this.options.clock.date().getTime() - lastMs)
    if (agoMs < EVENT_EVERY_MS) return this.written(path, one, EVENT_EVERY_MS - agoMs)
    this.judge(await this.put(ask, path, one, there), path, one)
  }

  /** The first is an Event without a series, the second begins one, with what is there already counted. */
  private async put(ask: Ask, path: string, one: ServiceEvent, there: Answer): Promise<Answer> {
    if (there.status !== 200 && there.status !== 404) return there
    const observed = this.options.clock.date().toISOString().replace('Z', '000Z')
    if (there.status === 200) {
      const { resourceVersion } = record(there.body['metadata'])
      const count = Math.max(1, Number(record(there.body['series'])['count']) || 1) + 1
      // with its version: of two that write at once, one is refused (409)
      const patch = { metadata: { resourceVersion }, series: { count, lastObservedTime: observed } }
      const answer = await ask('PATCH', path, patch)
      if (answer.status !== 404) return answer // it has expired meanwhile
    }
    return ask('POST', eventsPath(one), eventOf(one, this.options.instance, observed))
  }

  /** 409: another watch wrote it just now. */
  private judge(answer: Answer, path: string, one: ServiceEvent): void {
    const { status } = answer
    if (status === 401 || status === 429 || status >= 500)
      throw new CannotLook({ subject: 'Event', reason: saidOf(answer), hint: '' })
    if (status === 200 || status === 201 || status === 409) this.written(path, one, EVENT_EVERY_MS)
    else if (isOfGoneNamespace(answer)) this.later(path, EVENT_EVERY_MS)
    else if (status === 403) {
      this.refused.add(one.service.namespace)
      this.fail(one.service.namespace, `${saidOf(answer)}; ${NEXT_STEP}`)
    } else {
      this.later(path, EVENT_EVERY_MS)
      this.fail(path, saidOf(answer))
    }
  }

  private written(path: string, { service }: ServiceEvent, forMs: number): void {
    this.unanswered = null
    this.later(path, forMs)
    const isFailing = this.failing.size > 0
    for (const key of [ALL, service.namespace, path]) this.failing.delete(key)
    if (isFailing && this.failing.size === 0) this.options.told.worksAgain()
  }

  private later(path: string, ms: number): void {
    this.notBefore.set(path, this.options.clock.now() + ms)
  }

  private fail(key: string, reason: string): void {
    const isFirst = this.failing.size === 0
    this.failing.set(key, this.options.clock.now())
    if (isFirst) this.options.told.failed(reason)
  }

  /** Whoever reads the objects says that no API server answers; it is said here where they can be read meanwhile. */
  private noAnswer({ gap }: CannotLook): void {
    this.waiting.clear()
    const readings = this.options.readings()
    if (this.unanswered !== null && this.unanswered !== readings) this.fail(ALL, `${gap.subject}: ${gap.reason}`)
    this.unanswered = readings
  }
}

type Ask = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object) => Promise<Answer>

/** Its Service is gone with it. A server that has no events.k8s.io/v1 answers 404 as well, but with no Status. */
function isOfGoneNamespace({ status, body }: Answer): boolean {
  if (status === 404) return text(body['kind']) === 'Status'
  const causes = record(body['details'])['causes']
  return (
    status === 403 && Array.isArray(causes) && causes.some((one) => record(one)['reason'] === 'NamespaceTerminating')
  )
}

/** When it was observed last, ms; NaN where it does not say. */
function lastOf(event: Raw): number {
  return Date.parse(text(record(event['series'])['lastObservedTime']) || text(event['eventTime']))
}

function eventOf({ service, reason, note }: ServiceEvent, reportingInstance: string, eventTime: string): object {
  const { namespace, name, uid } = service
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace, name: nameOf({ service, reason, note }) },
    eventTime,
    reportingController: 'l2doctor',
    reportingInstance,
    action: 'Observe',
    reason,
    type: 'Warning',
    regarding: { apiVersion: 'v1', kind: 'Service', namespace, name, ...(uid !== null && { uid }) },
    note,
  }
}

/** As client-go names Events, by what they are about; but the rest follows from what it says. */
function nameOf({ service, reason, note }: ServiceEvent): string {
  const words = JSON.stringify([service.uid, reason, note])
  return `${service.name}.${createHash('sha256').update(words).digest('hex').slice(0, 16)}`
}

function eventsPath({ service: { namespace } }: ServiceEvent): string {
  return `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`
}

function pathOf(one: ServiceEvent): string {
  return `${eventsPath(one)}/${encodeURIComponent(nameOf(one))}`
}
