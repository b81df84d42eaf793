import { readFileSync } from 'node:fs'

/** One request to a real API server and its answer, of fixtures/api. */
export interface Recorded {
  readonly request: { readonly method: string; readonly path: string; readonly body?: PodBody }
  readonly response: { readonly status: number; readonly body: Record<string, unknown> }
}

/** As much of a pod as the stand-in reads. */
export interface PodBody {
  readonly metadata: { readonly generateName: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: {
    readonly nodeName: string
    readonly activeDeadlineSeconds: number
    readonly hostNetwork: boolean
    readonly preemptionPolicy?: string
    readonly containers: readonly Container[]
  }
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly securityContext: {
    readonly runAsUser: number
    readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] }
  }
}

export function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(`fixtures/api/${name}.json`, 'utf8')) as Recorded
}
