import type { InputFile } from '../files/planned.js'
import { fileOf } from './neighbour-files.js'

/** The flags of all commands that name what a run reads. A baseline is written as well as read, and so is none of them. */
const READING = [
  'read',
  'from',
  'cluster-from',
  'nodes-from',
  'mac-map',
  'hosts-file',
  'kubeconfig',
  'identity',
] as const

type ReadingFlags = { readonly [Name in (typeof READING)[number]]?: string | readonly string[] | undefined } & {
  readonly neighbours?: readonly string[] | undefined
}

/** What these flags have a run read. */
export function inputsOf(flags: ReadingFlags): InputFile[] {
  const tables = (flags.neighbours ?? []).map((text) => ({ flag: '--neighbours', file: fileOf(text) }))
  return [
    ...READING.flatMap((name) => [flags[name] ?? []].flat().map((file) => ({ flag: `--${name}`, file }))),
    ...tables,
  ]
}
