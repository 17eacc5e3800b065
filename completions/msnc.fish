# fish completion for msnc. msnc itself prints the candidates, names of contacts and queues included.
function __msnc_complete
    set -l words (commandline -opc)
    set -l current
    for quote in '' \' \"
        set current (string unescape -- (commandline -ct)$quote)
        and break
    end
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    for line in (command $program complete -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case \t'files*'
                set -l before (string split \t -- $line)[3]
                set -l rest (string sub -s (math 1 + (string length -- "$before")) -- "$current")
                # fish does not expand ~ inside quotes, so it is expanded here and put back in the candidates.
                set -l expanded (string replace -r '^~/' "$HOME/" -- "$rest")
                for path in (__fish_complete_path "$expanded")
                    test "$expanded" = "$rest"
                    or set path '~/'(string sub -s (math 2 + (string length -- "$HOME")) -- "$path")
                    echo "$before$path"
                end
            case \t'programs*'
                __fish_complete_command
            case '*'
                echo $line
        end
    end
end
complete -c msnc -f -a '(__msnc_complete)'
