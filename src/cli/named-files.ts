import { basename } from 'node:path'
import { UsageError } from './exit-codes.js'

/** A file with what one device or node printed. */
export interface NamedFile {
  readonly name: string
  readonly file: string
}

/** As many as anybody would save by hand. */
const MOST_FILES = 64

/** `NAME=FILE`, or a file that has the name itself. Each name once. */
export function parseNamedFiles(flag: string, texts: readonly string[]): NamedFile[] {
  if (texts.length > MOST_FILES) throw new UsageError(`${flag}: more than ${MOST_FILES} files; name fewer`)
  const all = texts.map((text) => parse(flag, text))
  const twice = all.find(({ name }, at) => all.findIndex((other) => other.name === name) < at)
  if (twice) throw new UsageError(`${flag}: ${twice.name} is named twice; write NAME=FILE, each name once`)
  return all
}

function parse(flag: string, text: string): NamedFile {
  const [, name, file] = /^([^=/]+)=(.*)$/s.exec(text) ?? []
  if (file === '' || text === '') throw new UsageError(`${flag} ${text}: write FILE, or NAME=FILE`)
  return file === undefined ? { name: basename(text).replace(/\.\w{1,5}$/, ''), file: text } : { name: name!, file }
}
