"""What people write who are in danger, and what only looks alike.

It errs on the side of stopping. Whoever adds a line to the second list takes away from the first:
it holds only what nobody in danger would write.
"""

PHRASES = """
(suicid|suicd|suicud|sucid|suisid)*
kms
(kill|killing|killed) myself
(hurt|hurting|cut|cutting|harm|harming|hang|hanging|hanged|drown|drowning|shoot|shooting) myself
(burn|burning|burned|burnt|poison|poisoning|starve|starving|stab|stabbing) myself
kill me
self(harm*|injur*|mutilat*)
(slit|slitting|cut|cutting) my (wrist|throat|arm|thigh|leg|vein)s?
(end|ending|ended|take|taking|took|taken) my( own)? life
(end|ending|ended) it all
(want|wanted|wanting|wish|wished) (my life|it all) to (end|be over)
(take|taking|took|taken) an overdose
(want|wanted|wanting|tried|trying) to overdose
(want|wants|wanted|wanting|wish|wished|wishing) to (die|be dead)
wanna die
(wish|wished|wishing) i (was|were) dead
(wish|wished|wishing) i (was|were|had|d) (never|not)( been)? born
(wish|wished|wishing) i (didnt|did not) exist
(hope|wish|wished) i (dont|didnt|never|do not) wake up
better if i (died|was dead|were dead)
rather (die|be dead)
better off (dead|without me)
(not|dont|didnt|no longer) (want|wanted|wish|wished) to (live|be alive|exist)
(not|dont|didnt|no longer) wanna (live|be alive|exist)
(not|dont|didnt|no longer) (want to|wanna) be (here|around) any(more|longer)
no longer (want to|wanna) be here
no (reason|will|point|sense) (to live|in living|living|to go on|in going on)
nothing to live for
(not|isnt) worth living
tired of (living|life|being alive)
(jump|jumping|jumped) (off|from) (a|the) (bridge|roof|building|balcony|cliff)
(jump|jumping|jumped|step|stepping) (in front of|under) (a|the) (train|tram|bus|car|truck|lorry)
(throw|throwing|threw) myself (in front of|under|off|from)
unaliv*

(matarme|hacerme daño|lastimarme|cortarme|quemarme|colgarme|ahorcarme|envenenarme)
(quiero|quisiera|quería|querría|deseo|prefiero|preferiría) (morir|morirme)
(voy a|iba a|ganas de|pienso en) (morir|morirme)
(quiero|quisiera|quería|prefiero|preferiría|desearía|ojalá) (estar|estuviera|estuviese) muert(o|a|e)
me (quiero|quisiera|quería|voy a|iba a) (matar|morir|suicidar|cortar|colgar|ahorcar)
me (mato|maté|corto|corté|lastimo|lastimé|hago daño|hice daño|hacía daño)
(quitarme|quitar) la vida
(acabar|terminar) con (mi vida|todo)
poner(le)? fin a mi vida
autolesi*
no (quiero|quería|quisiera|deseo) (seguir )?(vivir|viviendo|existir|existiendo|estar viv(o|a|e))
no (quiero|quería|quisiera) (estar|seguir) (más )?aquí
no (quiero|quería|quisiera) despertar(me)?
(no tengo|sin) (razones|razón|motivos|motivo|ganas) (para|de) (seguir )?(vivir|viviendo)
no vale la pena (seguir )?(vivir|viviendo)
(cansad|hart)(o|a|e) de (vivir|la vida|estar viv(o|a|e))
(están|estarán|estarían|estaría) mejor sin mí
ojalá no hub(iera|iese) nacido
(tirarme|lanzarme|arrojarme) (de|desde|por) (un |el |la )?(puente|balcón|ventana|edificio|azotea)
(tirarme|lanzarme|arrojarme) (a|al|bajo) (un |el |la |las )?(vías|tren|metro)
cortarme las venas

(suizid|selbstmord|selbstmörder|selbsttötung|selbstverletz|freitod|lebensmüde)*
(mich|mir)( selbst)? (umbringen|umzubringen|töten|zu töten|verletzen|ritzen|erhängen)
bringe? mich um
(mir|mein) (selbst )?(das )?leben (nehmen|zu nehmen|beenden|zu beenden)
nicht mehr (leben|weiterleben)
(will|möchte|wollte|lieber) (sterben|tot sein)
(sterben|tot sein) (will|möchte|wollte)

(veux|voudrais|vais|envie de|pense à) (me tuer|me faire du mal|mourir)
(mettre|mettrai) fin à (mes jours|ma vie)
(veux|voudrais|vais|envie d) en finir
en finir avec (la|ma) vie
(veux|peux) (plus|pas) vivre
plus envie de vivre
(me mutiler|automutil*|m ôter la vie|m enlever la vie)

(quero|queria|vou|vontade de|penso em) (me matar|matar me|morrer)
(tirar|acabar com) (a )?minha (própria )?vida
não (quero|queria) (mais )?(viver|estar viv(o|a))
(me enforcar|me mutilar|cortar os pulsos)

(voglio|vorrei|volevo|voglia di|penso di) (uccidermi|ammazzarmi|farmi del male|morire|farla finita)
(voglio|vorrei) essere mort(o|a)
togliermi la vita
non voglio (più )?vivere
(impiccarmi|autolesion*|tagliarmi le vene)

(zelfmoord|zelfdoding|zelfbeschadig|zelfverwond)*
(mezelf|mijzelf) (te )?(doden|van kant maken|verwonden|snijden|ophangen|ombrengen)
(wil|wilde|wou|liever) (dood|sterven)
(dood|sterven) (wil|wilde|wou)
niet meer (leven|willen leven|verder leven)
(einde|eind) (aan|maken aan) mijn leven
uit het leven stappen
"""
"""English, Spanish, German, French, Portuguese, Italian, Dutch: accents and spaces do not count.

``(a|b)`` is one of these, ``(a )?`` may be left out, ``*`` is any ending.
"""

HARMLESS = r"""
self[\s-]+(?:doubt|esteem|image|pity|help|care|talk|critic|conscious|worth|confiden|respect)\w*
self[\s-]+(?:harmon|belief|trust|love|aware|assur|disciplin|relian|compassion)\w*
cut(?:ting)?\s+myself\s+(?:off|short|loose|(?:some|more|a\s+\w+(?:\s+of)?)\s+slack)\b
(?:cut|cutting|burn|burned|burnt|hurt)\s+myself\s+(?:shaving|cooking|baking|gardening|playing)\b
cut(?:ting)?\s+myself\s+(?:a|another|some)\s+(?:slice|piece|bit|chunk|wedge)\b
(?:fell|tripped|stumbled)(?:\s+(?:over|off|down|out|from)(?:\s+\w+){0,2})?\s+and\s+hurt\s+myself\b
shoot(?:ing)?\s+myself\s+in\s+the\s+foot\b
(?:photo|picture|film|video|movie)\w*\s+(?:that\s+|which\s+)?i\s+shoot\s+myself\b
burn(?:ing|ed|t)?\s+myself\s+out\b
t(?:ake|aking|ook|aken)\s+my\s+(?:own\s+)?life\s+(?:back|in|into|seriously|lightly)\b
t(?:ake|aking|ook|aken)\s+my\s+life\s+(?:jacket|vest|story|stories|lessons?|savings|coach)\b
end(?:ing|ed)?\s+my\s+life\s+as\s+a\s+(?:smoker|drinker|gambler|bachelor|student|soldier|teacher)\b
(?:the|an)\s+end\b
(?:live|living)\s+(?:alone|in\s+(?:fear|denial|shame|the\s+past))\b
kill\s+me\s+with\s+(?:cuteness|kindness|laughter|love|joy|his|her|their)\b
\d+\s*kms\b
(?:matarme|me\s+mat[oe])\s+(?:a\s+trabajar|a\s+estudiar|de\s+risa)\b
(?:cortarme|me\s+cort[oe])\s+(?:el\s+pelo|las\s+unas|la\s+barba)\b
quemarme\s+(?:al|con\s+el)\s+sol\b
acabar\s+con\s+todo\s+(?:lo|el|la|esto|este|esta)\b
no\s+(?:quiero|deseo)\s+(?:seguir\s+)?(?:vivir|viviendo)\s+(?:sol[oae]|con\s+(?:miedo|culpa|prisa))\b
morir(?:me)?\s+de\s+(?:risa|amor|hambre|sueno|calor|frio|verguenza|ganas)\b
morrer\s+de\s+(?:saudades?|rir|riso|amor|fome|sono|calor|frio|vergonha|vontade)\b
mourir\s+de\s+(?:rire|faim|soif|froid|chaud|honte)\b
morire\s+(?:dal|di)\s+(?:ridere|risate|fame|sete|freddo|caldo|sonno)\b
(?:ne\s+)?peux\s+pas\s+vivre\s+sans\b
en\s+finir\s+avec\s+(?:mon|mes|le|les|ce|cet|cette|ces)\b
(?:die|der|das|worte|wenn\s+(?!ich\b)\w+)\s+mich\s+verletz\w*
"""
"""Patterns, a line each, for what is plain to be something else."""
