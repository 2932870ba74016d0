#!/usr/bin/env bash
#
# Makes the synthetic spoken-digit corpus: English digits from many espeak-ng voices, heard through
# microphones and rooms simulated with sox. Two parts, with no voice or microphone in common:
#
#   source  to train a source model on:  DIR/spoken-digits-source/{digit}_{speaker}_{index}.wav
#   users   to personalise it for:       DIR/spoken-digits-users.zip with {digit}_{user}_{index}.wav
#
# The same seed and the same tool versions give the same bytes, on any number of processors: every take
# draws its variations from a generator seeded with (seed, speaker, digit, take), sox runs in its
# repeatable mode without dither, and the zip has sorted names and one fixed time.

set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC
unset SOX_OPTS ZIPOPT ZIP ESPEAK_DATA_PATH

readonly PROGRAM=${0##*/}
readonly SAMPLE_RATE=8000
readonly WORDS=(zero one two three four five six seven eight nine)
readonly SOURCE_TAKES=16
readonly USER_TAKES=28
readonly MAX_ZIP_BYTES=6000000
readonly NOISE_SEGMENTS=40
readonly NOISE_SEGMENT_SECONDS=2
readonly ZIP_TIME=198001010000

# One speaker per line; ranges are inclusive and each take draws from them:
# name, espeak-ng voice, pitch (0-99), words per minute, noise bed, its level in 1/1000, microphone and room as sox effects.
# No user shares accent or variant with a source speaker; users speak faster, mostly at other pitches, and are heard worse.
readonly SOURCE_SPEAKERS='
s01   en-us                   40-55  160-220  white   2-8    highpass 80
s02   en-us+m1                35-50  160-220  pink    3-10   highpass 120 lowpass 3600
s03   en-us+m3                30-50  170-230  white   2-10   equalizer 1000 1q 3
s04   en-us+f1                45-60  160-220  pink    2-8    bass -3
s05   en-us+f2                50-65  170-230  white   2-8    treble 3 highpass 100
s06   en-us+f4                45-60  160-220  brown   4-14   reverb 10 50 20
s07   en-gb                   40-60  160-220  white   2-8    lowpass 3400
s08   en-gb+m2                35-55  160-220  brown   4-14   equalizer 500 1q -3
s09   en-gb+m4                40-55  170-230  pink    3-10   reverb 15 50 25 highpass 100
s10   en-gb+f2                50-65  160-220  white   3-10   equalizer 2000 1q 3
s11   en-gb+f3                45-60  170-230  pink    3-10   overdrive 3 10
s12   en-gb-x-rp              35-55  160-220  white   2-8    bass 3
s13   en-gb-x-rp+m5           40-55  160-220  brown   4-14   treble -3
s14   en-gb-x-rp+f4           45-65  170-230  pink    3-10   highpass 150 equalizer 1500 1q -2
s15   en-gb-x-gbclan+m7       35-55  160-220  white   2-8    reverb 10 40 15 lowpass 3500
s16   en-gb-x-gbclan+f1       45-60  160-220  pink    3-10   equalizer 2500 1q 2
s17   en-us+Andy              40-60  160-220  brown   4-14   highpass 90 overdrive 2 10
s18   en-us+linda             45-60  170-230  white   2-8    equalizer 800 1q 2 lowpass 3600
'
readonly USER_SPEAKERS='
ada    en-gb-scotland+Annie  70-97  190-250  hum     20-100  highpass 280-450 lowpass 2200-2900 equalizer 1200 1q 4-10
boris  en-029+boris          5-30   190-250  brown   10-60   lowpass 1500-2500 reverb 10-35 50 30
chen   en-gb-x-gbcwmd+klatt2 50-80  190-250  pink    20-80   overdrive 5-20 20 treble 3-9
dora   en-us-nyc+steph       66-97  195-255  babble  40-180  reverb 50-85 30 80 highpass 300-550 treble 3-7
'

usage() {
    cat <<END
Usage: $PROGRAM --out DIR --seed N [--only source|users]

Makes the synthetic spoken-digit corpus (8 kHz mono 16-bit WAV, named {digit}_{speaker}_{index}.wav).

  --out DIR              where to put it; created when missing
  --seed N               whole number from 0 to 999999999; the same seed gives the same bytes
  --only source|users    make one part only:
                           source  DIR/spoken-digits-source/    voices to train a source model on
                           users   DIR/spoken-digits-users.zip  other voices, to personalise it for
  --help                 show this text

Needs bash 4.3, espeak-ng, sox and zip (Debian packages of the same names; tried with 1.51, 14.4.2 and 3.0:
other versions may give other bytes). Nothing that exists is overwritten.
END
}

fail() {
    printf '%s: %s\n' "$PROGRAM" "$1" >&2
    exit "${2:-1}"
}

require_tools() {
    local tool missing=()
    for tool in espeak-ng sox zip; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    if ((${#missing[@]})); then
        fail "Expected espeak-ng, sox and zip on the PATH, but did not find: ${missing[*]}. On Debian: apt-get install ${missing[*]}"
    fi
    ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 403)) || fail "Expected bash 4.3 or newer, but was $BASH_VERSION"
}

# SplitMix64 on bash's wrapping 64-bit integers; >> is arithmetic, hence the masks.
random_state=0

seed_random() { # numbers...
    local number
    random_state=0
    for number; do
        random_state=$((random_state ^ (number + 1)))
        next_random
        random_state=$random_value
    done
}

next_random() {
    random_state=$((random_state + 0x9E3779B97F4A7C15))
    local z=$random_state
    z=$(((z ^ ((z >> 30) & 0x3FFFFFFFF)) * 0xBF58476D1CE4E5B9))
    z=$(((z ^ ((z >> 27) & 0x1FFFFFFFFF)) * 0x94D049BB133111EB))
    random_value=$((z ^ ((z >> 31) & 0x1FFFFFFFF)))
}

draw() { # low-high: sets $drawn to a whole number of that inclusive range
    local low=${1%-*} high=${1#*-}
    next_random
    drawn=$((low + (random_value & 0x7FFFFFFFFFFFFFFF) % (high - low + 1)))
}

thousandths() { # sets $decimal to $1 / 1000
    printf -v decimal '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

quiet_sox() {
    sox -q -V1 -R -D "$@"
}

say() { # voice pitch speed amplitude text: a WAV stream
    espeak-ng -v "$1" -p "$2" -s "$3" -a "$4" --stdout "$5"
}

# Noise beds, cut into short segments so that mixing one in costs a take no further process.
make_noise_bed() { # directory kind
    local seconds=$((NOISE_SEGMENTS * NOISE_SEGMENT_SECONDS)) kind=$2 bed=$1/$2.wav speaker
    local format=(-r "$SAMPLE_RATE" -c 1 -b 16)
    case $kind in
        white | pink | brown) quiet_sox -n "${format[@]}" "$bed" synth "$seconds" "${kind}noise" gain -n -3 ;;
        hum) quiet_sox -n "${format[@]}" "$bed" synth "$seconds" sine 100 synth "$seconds" sine mix 300 \
            synth "$seconds" pinknoise mix gain -n -3 ;;
        babble)
            local voices=(en-us+m6 en-gb+f5 en-gb-x-rp+m1) layers=()
            for speaker in 0 1 2; do
                say "${voices[speaker]}" $((30 + 20 * speaker)) $((150 + 20 * speaker)) 100 \
                    "the meeting moves to the other room because somebody left all the windows open again" |
                    quiet_sox -t wav - "${format[@]}" "$1/babble-$speaker.wav" norm -6 repeat 40 trim 0 "$seconds"
                layers+=(-v 0.33 "$1/babble-$speaker.wav")
            done
            quiet_sox -m "${layers[@]}" "$bed" reverb 60 50 80 gain -n -3
            ;;
        *) fail "Expected a noise bed of white, pink, brown, hum or babble, but was '$kind'" ;;
    esac
    quiet_sox "$bed" "$1/$kind-.wav" trim 0 "$NOISE_SEGMENT_SECONDS" : newfile : restart
}

draw_effects() { # sets take_effects to the speaker's effects, each range replaced by a number of it
    local argument
    take_effects=()
    for argument in "${effects[@]}"; do
        if [[ $argument =~ ^[0-9]+-[0-9]+$ ]]; then
            draw "$argument"
            argument=$drawn
        fi
        take_effects+=("$argument")
    done
}

# One take of the speaker that make_speaker is at: speak, cut the silence, leave a small random margin,
# then add the noise and pass both through the microphone.
make_take() { # digit take
    local digit=$1 take=$2 file=$out/$1_${name}_$2.wav raw=$scratch/$name.raw
    local raw_format=(-t raw -r "$SAMPLE_RATE" -e signed -b 16 -c 1) endings=(. , '!' '?')
    local pitch speed amplitude stretch lead tail volume segment level ending samples take_effects
    seed_random "$seed" "$number" "$digit" "$take"
    draw "$pitches" && pitch=$drawn
    draw "$speeds" && speed=$drawn
    draw 70-130 && amplitude=$drawn
    draw 960-1040 && thousandths "$drawn" && stretch=$decimal
    draw 5-35 && thousandths "$drawn" && lead=$decimal
    draw 5-35 && thousandths "$drawn" && tail=$decimal
    draw "$noise_levels" && thousandths "$drawn" && volume=$decimal
    draw 1-"$NOISE_SEGMENTS" && printf -v segment '%s/%s-%03d.wav' "$scratch" "$noise" "$drawn"
    draw 4-12 && level=-$drawn
    draw 0-3 && ending=${endings[drawn]}
    draw_effects

    say "$voice" "$pitch" "$speed" "$amplitude" "${WORDS[digit]}$ending" |
        quiet_sox -t wav - "${raw_format[@]}" "$raw" silence 1 0.005 1% reverse silence 1 0.005 1% reverse \
            speed "$stretch" gain -n -6 rate "$SAMPLE_RATE" pad "$lead" "$tail"
    samples=$(($(stat -c %s "$raw") / 2))
    ((samples > SAMPLE_RATE / 10)) || fail "Expected more than 0.1 s of speech for ${file##*/}, but was $samples samples"
    quiet_sox -m -v 1 "${raw_format[@]}" "$raw" -v "$volume" "$segment" -b 16 "$file" \
        trim 0 "${samples}s" "${take_effects[@]}" gain -n "$level"
}

make_speaker() { # number table-line takes; reads seed, out, scratch
    local number=$1 takes=$3 name voice pitches speeds noise noise_levels effects digit take
    read -r name voice pitches speeds noise noise_levels effects <<<"$2"
    read -r -a effects <<<"$effects"
    for digit in "${!WORDS[@]}"; do
        for ((take = 0; take < takes; take++)); do
            make_take "$digit" "$take"
        done
    done
}

# All speakers of a table, a process for each, as many at a time as there are processors.
make_part() { # part table first-number takes
    local part=$1 number=$3 takes=$4 line running=0 done_count=0 total parallel
    local lines=()
    mapfile -t lines < <(grep -v '^$' <<<"$2")
    total=${#lines[@]}
    parallel=$(getconf _NPROCESSORS_ONLN)
    for line in "${lines[@]}"; do
        if ((running == parallel)); then
            wait -n || fail "Making the $part corpus failed, see the error above"
            running=$((running - 1)) done_count=$((done_count + 1))
            progress "$part" "$done_count" "$total"
        fi
        make_speaker "$number" "$line" "$takes" &
        running=$((running + 1)) number=$((number + 1))
    done
    while ((running)); do
        wait -n || fail "Making the $part corpus failed, see the error above"
        running=$((running - 1)) done_count=$((done_count + 1))
        progress "$part" "$done_count" "$total"
    done
}

progress() { # part done total
    printf '%s: %d of %d voices, %d s\n' "$1" "$2" "$3" "$SECONDS" >&2
}

expect_count() { # directory count
    local found
    found=$(find "$1" -name '*.wav' -size +1k | wc -l)
    ((found == $2)) || fail "Expected $2 recordings but made $found"
}

make_source() { # target
    out=$scratch/source
    mkdir "$out"
    make_part source "$SOURCE_SPEAKERS" 0 "$SOURCE_TAKES"
    expect_count "$out" $(($(grep -c . <<<"$SOURCE_SPEAKERS") * 10 * SOURCE_TAKES))
    mv "$out" "$1"
    printf 'source: %s, %d recordings\n' "$1" "$(find "$1" -name '*.wav' | wc -l)"
}

make_users() { # target
    local bytes
    out=$scratch/users
    mkdir "$out"
    make_part users "$USER_SPEAKERS" 1000 "$USER_TAKES"
    expect_count "$out" $(($(grep -c . <<<"$USER_SPEAKERS") * 10 * USER_TAKES))
    find "$out" -name '*.wav' -exec touch -t "$ZIP_TIME" {} +
    (cd "$out" && printf '%s\n' *.wav | sort | zip -q -9 -X -D ../users.zip -@)
    bytes=$(stat -c %s "$scratch/users.zip")
    ((bytes <= MAX_ZIP_BYTES)) || fail "Expected a zip of at most $MAX_ZIP_BYTES bytes, but was $bytes; take fewer or shorter recordings"
    mv "$scratch/users.zip" "$1"
    printf 'users: %s, %d recordings, %d bytes, sha256 %s\n' \
        "$1" "$(find "$out" -name '*.wav' | wc -l)" "$bytes" "$(sha256sum <"$1" | cut -d' ' -f1)"
}

clean_up() {
    local running
    running=$(jobs -p)
    if [[ -n $running ]]; then
        kill $running 2>/dev/null || true
        wait 2>/dev/null || true
    fi
    rm -rf "$scratch"
}

main() {
    local out_directory='' only='' kind
    seed=''
    while (($#)); do
        case $1 in
            --help | -h) usage && exit 0 ;;
            --out | --seed | --only)
                (($# > 1)) || fail "Expected a value after $1, but there was none; see --help" 2
                case $1 in
                    --out) out_directory=$2 ;;
                    --seed) seed=$2 ;;
                    --only) only=$2 ;;
                esac
                shift 2
                ;;
            *) fail "Expected --out, --seed, --only or --help, but was '$1'; see --help" 2 ;;
        esac
    done
    [[ -n $out_directory ]] || fail "Expected --out DIR, but it was missing; see --help" 2
    [[ $seed =~ ^(0|[1-9][0-9]{0,8})$ ]] || fail "Expected --seed to be a whole number from 0 to 999999999, but was '$seed'; see --help" 2
    [[ $only =~ ^(source|users|)$ ]] || fail "Expected --only source or --only users, but was '$only'; see --help" 2
    require_tools

    local source=$out_directory/spoken-digits-source users=$out_directory/spoken-digits-users.zip
    [[ $only == users || ! -e $source ]] || fail "Expected no $source yet, but it exists; remove it or choose another --out"
    [[ $only == source || ! -e $users ]] || fail "Expected no $users yet, but it exists; remove it or choose another --out"
    mkdir -p "$out_directory"
    scratch=$(mktemp -d "$out_directory/.corpus.XXXXXX")
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM

    for kind in white pink brown hum babble; do
        make_noise_bed "$scratch" "$kind"
    done
    [[ $only == users ]] || make_source "$source"
    [[ $only == source ]] || make_users "$users"
}

main "$@"
