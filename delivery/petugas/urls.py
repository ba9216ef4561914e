"""Addresses of the officer's pages."""

from django.urls import path

from . import arrival, cases, counter, legs, letters, login, outside, papers, start, walk, walks

app_name = "petugas"
urlpatterns = [
    path("", start.start, name="start"),
    path("masuk/", login.log_in, name="login"),
    path("masuk/kode/", login.second_step, name="second_step"),
    path("masuk/pasang/", login.second_step_setup, name="second_step_setup"),
    path("dua-langkah/", login.second_step_own, name="second_step_own"),
    path("keluar/", login.log_out, name="logout"),
    path("jemput/", arrival.called, name="called"),
    path("kedatangan/", arrival.arrivals, name="arrivals"),
    path("kedatangan/<int:key>/", arrival.arrival, name="arrival"),
    path("kedatangan/<int:key>/bast.pdf", arrival.record, name="record"),
    path("kirim/", legs.legs, name="legs"),
    path("kirim/<int:key>/", legs.leg, name="leg"),
    path("hilang/", legs.missing, name="missing"),
    path("serah-terima/<int:key>/", arrival.where, name="where"),
    path("loket/", counter.counter, name="counter"),
    path("loket/<int:card_id>/", counter.collection, name="collection"),
    path("loket/<int:card_id>/suket/", letters.suket, name="suket"),
    path("loket/<int:card_id>/suket/cetak/", letters.suket_pdf, name="suket_pdf"),
    path("loket/<int:card_id>/tanda-terima/", letters.receipt, name="receipt"),
    path("dokumen/", papers.papers, name="papers"),
    path("dokumen/<int:key>/", papers.paper_list, name="paper_list"),
    path("laporan/", cases.cases, name="cases"),
    path("laporan/<int:case_id>/", cases.case, name="case"),
    path("dicari/", outside.outside, name="outside"),
    path("putaran/", walks.walks, name="walks"),
    path("putaran/baru/", walks.new_walk, name="new_walk"),
    path("putaran/tanpa-rt/", walks.without_rt, name="without_rt"),
    path("putaran/hilang/", walk.missing, name="walk_missing"),
    path("putaran/periksa/", walk.reviews, name="reviews"),
    path("putaran/<int:walk>/", walk.walk, name="walk"),
    path("putaran/<int:walk>/daftar.pdf", walk.printed, name="walk_printed"),
    path("putaran/<int:walk>/hasil/", walk.results, name="walk_results"),
    path("putaran/<int:walk>/hitung/", walk.count, name="walk_count"),
]
