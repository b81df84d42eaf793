import { FLAGS, SWITCHES, VARIABLES } from '../all-reads.js'
import type { EnvVar } from '../model-workloads.js'

/** No other variables and flags than those that something reads are kept, not even in memory: passwords and tokens stand in any of the rest. */

/** A value of one of those that is a secret all the same. */
const SECRET = /secret_key$/i

export function isKeptVariable({ name }: Pick<EnvVar, 'name'>): boolean {
  return VARIABLES.has(name)
}

/** The value of a variable, or a word that says that it was left out. */
export function keptValue(name: string, value: string): string {
  return value !== '' && SECRET.test(name) ? 'not kept' : value
}

/** `--flag=value`, `--flag value`, and what k3s and RKE2 hand over as `flag=value`; in their order. */
export function keptArguments(args: readonly string[]): string[] {
  return args.filter((arg, at) => FLAGS.has(flagOf(arg) ?? '') || isValueOfKept(arg, args[at - 1]))
}

function isValueOfKept(arg: string, before: string | undefined): boolean {
  if (before === undefined || arg.startsWith('-') || !/^--?[\w-]+$/.test(before)) return false
  const name = flagOf(before) ?? ''
  if (SWITCHES.has(name)) return /^(?:true|false|1|0|t|f)$/i.test(arg)
  // the value of this one is a flag itself
  return FLAGS.has(name) && name !== 'kube-proxy-arg'
}

function flagOf(arg: string): string | null {
  return /^(?:--?([A-Za-z][\w-]*)|(proxy-mode|ipvs-strict-arp))(?:=|$)/.exec(arg)?.slice(1).find(Boolean) ?? null
}

/** The annotation in which k3s and RKE2 keep the arguments of a node, a JSON list. */
export function keptNodeArguments(text: string): string {
  try {
    const args: unknown = JSON.parse(text)
    return Array.isArray(args) ? JSON.stringify(keptArguments(args.filter((arg) => typeof arg === 'string'))) : '[]'
  } catch {
    return '[]'
  }
}
