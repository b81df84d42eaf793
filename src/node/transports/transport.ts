import type { RunLimits, RunResult } from './run-script.js'

/** A way to a host: runs the collector there. `name` is what the operator calls the host. */
export interface Transport {
  readonly name: string
  /** Where it goes, for the report: what ssh was told, or `local`. */
  readonly address: string
  /** It runs in a pod on the host: of files and processes it sees its own. */
  readonly inPod?: true
  run(script: string, limits: RunLimits): Promise<RunResult>
}
