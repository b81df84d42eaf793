import { CannotLook } from '../known.js'
import { theirs } from '../theirs.js'
import type { ApiClient } from './api-connection.js'
import { type Raw, record, text } from './normalise/raw.js'
import { type Answer, askApi } from './pods/pod-api.js'

export interface LeaseOptions {
  /** Connects anew: tokens and certificates are rotated. Throws CannotLook. */
  readonly connect: () => Promise<ApiClient>
  readonly namespace: string
  readonly name: string
  /** Of this process, and of no other, nor of one before it. */
  readonly identity: string
  readonly durationS: number
  /** From one look at the Lease to the next, ms. */
  readonly everyMs: number
  readonly clock: {
    /** ms of a clock that only goes forward. */
    now(): number
    sleep(ms: number, signal: AbortSignal): Promise<void>
  }
  readonly told: (standing: Standing) => void
  /** What stands beside who holds it, written while it is held; null: nothing. */
  readonly note?: () => string | null
  /** What its holder has written there, each time that it is read. */
  readonly noted?: (text: string) => void
  /** Whether it is wanted now; what is held while it is not is given up. Absent: always. */
  readonly wants?: () => boolean
}

/** `refused`: the API server lets us hold no Lease, or did not say for its duration whose it is, and why. */
export type Standing =
  | { readonly is: 'holder' }
  | { readonly is: 'follower'; readonly of: string }
  | { readonly is: 'refused'; readonly why: string }

/** One that another set longer than this is taken for this long: whoever may write the Lease could else stop all. */
const LONGEST_S = 60
/** An answer that takes longer is none, ms. */
const TIMEOUT_MS = 5000
const NEVER = new AbortController().signal
/** The annotation that holds the note. */
const NOTE = 'l2doctor/note'

/**
 * Holds a Lease where it can, as client-go's leader election does: one that was not renewed for its duration by our own clock may be taken,
 * so that the clocks of others do not matter; one that was taken from us is given up as soon as it is seen. While the API server does not
 * answer, or fails, everybody stays what he is: then nobody can take it either.
 * Source: https://pkg.go.dev/k8s.io/client-go/tools/leaderelection
 */
export class SegmentLease {
  private readonly options: LeaseOptions
  private standing: Standing | null = null
  private api: ApiClient | null = null
  /** What stood in it last, and since when it stands so. */
  private seen = { key: '', at: 0 }
  /** Since when nobody says who holds it; null: somebody did. */
  private unansweredAt: number | null = null

  constructor(options: LeaseOptions) {
    this.options = options
  }

  /** Until it is stopped; what is held is given up then. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, everyMs, wants = () => true } = this.options
    while (!signal.aborted) {
      if (wants()) await this.look(signal)
      else if (this.standing?.is === 'holder') {
        await this.look(NEVER, 'release')
        this.tell({ is: 'follower', of: '' })
      }
      await clock.sleep(everyMs, signal)
    }
    if (this.standing?.is === 'holder') await this.look(NEVER, 'release')
    this.api?.close()
  }

  private async look(signal: AbortSignal, aim: 'hold' | 'release' = 'hold'): Promise<void> {
    try {
      this.api ??= await this.options.connect()
      await this.step(this.api, signal, aim)
    } catch (error) {
      this.api?.close()
      this.api = null
      if (signal.aborted) return
      if (!(error instanceof CannotLook)) throw error
      this.unanswered(error.gap.reason)
    }
  }

  /** Who was never told what he is asks as well, once a holder would have been replaced: else nobody might. */
  private unanswered(why: string): void {
    const { clock, durationS } = this.options
    this.unansweredAt ??= clock.now()
    if (this.standing === null && clock.now() - this.unansweredAt > durationS * 1000) this.tell({ is: 'refused', why })
  }

  private async step(api: ApiClient, signal: AbortSignal, aim: 'hold' | 'release'): Promise<void> {
    const answer = await this.ask(api, 'GET', this.path(true), signal)
    if (answer.status === 404) {
      if (aim === 'hold') this.judge(await this.ask(api, 'POST', this.path(false), signal, this.lease(null)))
      return
    }
    if (answer.status !== 200) {
      this.judge(answer)
      return
    }
    const { holder, isOurs, isFree } = this.read(answer.body)
    if (!isOurs) this.options.noted?.(text(record(record(answer.body['metadata'])['annotations'])[NOTE]))
    if (!isOurs && (!isFree || aim === 'release')) {
      this.tell({ is: 'follower', of: holder })
      return
    }
    const body = this.lease(answer.body, aim === 'release' ? '' : this.options.identity)
    const written = await this.ask(api, 'PUT', this.path(true), signal, body)
    if (aim === 'hold') this.judge(written)
  }

  private read(lease: Raw): { readonly holder: string; readonly isOurs: boolean; readonly isFree: boolean } {
    const spec = record(lease['spec'])
    const [holder, now] = [text(spec['holderIdentity']), this.options.clock.now()]
    const key = `${holder} ${text(spec['renewTime'])} ${text(record(lease['metadata'])['resourceVersion'])}`
    if (key !== this.seen.key) this.seen = { key, at: now }
    const durationS = Math.min(positive(spec['leaseDurationSeconds']) ?? this.options.durationS, LONGEST_S)
    return {
      holder,
      isOurs: holder === this.options.identity,
      isFree: holder === '' || now - this.seen.at > durationS * 1000,
    }
  }

  /** What came of a write, or of a look that failed. */
  private judge({ status, body }: Answer): void {
    const why = `${theirs(text(body['message']) || 'no reason given')} (${status})`
    if (status === 401 || status === 408 || status === 429 || status >= 500)
      throw new CannotLook({ subject: 'Lease', reason: why, hint: '' })
    if (status === 200 || status === 201) this.tell({ is: 'holder' })
    // somebody else was faster, or wrote something else to the one that is ours: the next look says who holds it
    else if (status === 409) this.tell(this.standing?.is === 'holder' ? this.standing : { is: 'follower', of: '' })
    else this.tell({ is: 'refused', why })
  }

  private tell(standing: Standing): void {
    const before = this.standing
    this.standing = standing
    this.unansweredAt = null
    if (before?.is !== standing.is) this.options.told(standing)
  }

  private ask(api: ApiClient, method: 'GET' | 'POST' | 'PUT', path: string, signal: AbortSignal, body?: unknown) {
    return askApi(api, { method, path, timeoutMs: TIMEOUT_MS, ...(body === undefined ? {} : { body }) }, signal)
  }

  private lease(before: Raw | null, holderIdentity = this.options.identity) {
    const { name, namespace, durationS, note } = this.options
    const spec = record(before?.['spec'])
    const now = new Date().toISOString().replace('Z', '000Z')
    const isOurs = text(spec['holderIdentity']) === holderIdentity
    const transitions = Number(spec['leaseTransitions']) || 0
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: annotated(before === null ? { name, namespace } : record(before['metadata']), note?.() ?? null),
      spec: {
        holderIdentity,
        leaseDurationSeconds: durationS,
        acquireTime: isOurs ? text(spec['acquireTime']) || now : now,
        renewTime: now,
        leaseTransitions: before === null || isOurs ? transitions : transitions + 1,
      },
    }
  }

  private path(isOne: boolean): string {
    const { namespace, name } = this.options
    const all = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
    return isOne ? `${all}/${encodeURIComponent(name)}` : all
  }
}

/** Null for what is no length of time. */
function positive(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null
}

/** What others have noted there stays. */
function annotated(metadata: Raw, note: string | null): Raw {
  const { [NOTE]: before, ...others } = record(metadata['annotations'])
  if (note === null && before === undefined) return metadata
  return { ...metadata, annotations: note === null ? others : { ...others, [NOTE]: note } }
}
