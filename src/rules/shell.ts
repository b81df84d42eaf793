declare const composed: unique symbol

/** A command line that `sh` made: names in it are words to the shell, whatever they consist of. */
export type ShellCommand = string & { readonly [composed]: true }

/** A number, a word, or words; nothing, as of a name without namespace, is an empty word. */
type ShellValue = number | string | undefined | readonly string[]

/**
 * A command line to copy, the one way to make one: sh`ip link set dev ${name} up`. Each value is quoted where the shell
 * would read more than text into it; a list becomes one word an item. Values stand outside of quotes. Names come from the
 * hosts and objects under suspicion, and the kernel takes nearly anything for the name of an interface.
 */
export function sh(parts: TemplateStringsArray, ...values: readonly ShellValue[]): ShellCommand {
  return parts.reduce((line, part, at) => `${line}${shellWords(values[at - 1])}${part}`) as ShellCommand
}

/** One after the other, as long as they succeed. */
export function inTurn(commands: readonly ShellCommand[]): ShellCommand {
  return commands.join(' && ') as ShellCommand
}

/** One after the other, whatever becomes of them. */
export function each(commands: readonly ShellCommand[]): ShellCommand {
  return commands.join('; ') as ShellCommand
}

function shellWords(value: ShellValue): string {
  return typeof value === 'object' ? value.map(shellWord).join(' ') : shellWord(String(value ?? ''))
}

/** Quoted as POSIX has it (XCU 2.2.2): within single quotes every character but these is itself. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
