import type { InputFile } from '../files/planned.js'
import { parseNamedFiles } from './named-files.js'

/** The flags of all commands that name what a run reads. A baseline is written as well as read, and so is none of them. */
const READING = [
  'read',
  'from',
  'history',
  'cluster-from',
  'nodes-from',
  'mac-map',
  'hosts-file',
  'kubeconfig',
  'identity',
] as const

/** Those whose values are `NAME=FILE`. */
const NAMED = ['neighbours', 'cilium-l2-announce'] as const

type ReadingFlags = { readonly [Name in (typeof READING)[number]]?: string | readonly string[] | undefined } & {
  readonly [Name in (typeof NAMED)[number]]?: readonly string[] | undefined
}

/** What these flags have a run read. */
export function inputsOf(flags: ReadingFlags): InputFile[] {
  const named = NAMED.flatMap((name) =>
    parseNamedFiles(`--${name}`, flags[name] ?? []).map(({ file }) => ({ flag: `--${name}`, file })),
  )
  return [
    ...READING.flatMap((name) => [flags[name] ?? []].flat().map((file) => ({ flag: `--${name}`, file }))),
    ...named,
  ]
}
